"""Work for a child process that goes wrong in every way."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

from plans.errors import Classified, ReadError
from plans.limits import Limits


def echo(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    return {"size": len(data), "colour": options["colour"]}


def complain(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    raise ReadError("Tệp này hỏng.", cure="Lấy bản khác.")


def keep_secret(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    raise Classified


def sleep(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    time.sleep(60)


def spin(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    while True:
        pass


def eat(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    return len([bytes(2**20) for _ in range(10**6)])


def shout(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    return "x" * (3 * limits.answer_size)


def crash(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    raise ValueError("bí mật của văn bản")


def die(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    os._exit(7)


def kill_itself(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    os.kill(os.getpid(), signal.SIGSEGV)


def chatter(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    print("lời thừa")
    os.write(1, b"\xff\xfe")
    sys.stdout.flush()
    return "đúng"


def environment(data: bytes, options: dict[str, str], limits: Limits) -> Any:
    return list(os.environ)
