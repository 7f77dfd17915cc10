"""The life of the child process: confine itself, work, answer. `plans.bounded` is its parent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from plans.errors import ReadError
from plans.limits import MIB, Limits


def serve(job: dict[str, Any]) -> None:
    """The child's whole life: confine, work, answer."""
    limits = Limits(**job["limits"])
    confine(limits)
    answer_to = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        answer = json.dumps(_work(job, limits)).encode("ascii")
    except MemoryError:
        answer = b'{"memory": true}'
    with os.fdopen(answer_to, "wb") as out:
        out.write(answer)
        out.flush()
        os._exit(0)


def _work(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    try:
        with os.fdopen(0, "rb", closefd=False) as source:
            data = source.read(limits.file_size + 1)
        return {"done": _named(job["work"])(data, job["options"], limits)}
    except ReadError as error:
        return {"error": type(error).__name__, "reason": error.reason, "cure": error.cure}
    except MemoryError:
        return {"memory": True}
    except BaseException as error:  # a parser may raise anything at a hostile file, Rust's panic too
        if os.environ.get("DONDOC_READER_STDERR"):
            raise
        return {"crash": _where(error)}


def _named(work: str) -> Callable[[bytes, dict[str, str], Limits], Any]:
    from importlib import import_module

    module, _, function = work.partition(":")
    found: Callable[[bytes, dict[str, str], Limits], Any] = getattr(import_module(module), function)
    return found


def _where(error: BaseException) -> str:
    """Type and place of an unforeseen error; its text may quote the document and stays here."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("plans.") and module != __name__:
            place = f", {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__ + place


def confine(limits: Limits, *, seconds: int | None = None) -> None:
    """Bind this process for good: memory, processor time, size of what it writes, no core dump."""
    import resource

    cpu = (seconds or limits.seconds) + 1
    bounds = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: limits.answer_size + MIB,
        resource.RLIMIT_CORE: 0,
    }
    for which, bound in bounds.items():
        hard = resource.getrlimit(which)[1]
        allowed = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(which, (allowed, allowed))
