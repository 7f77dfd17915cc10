"""How fast mails leave: `python -m bench.delivery.run [count]`. Prints a table of messages a second.

Every way sends the same words (a text of 4 KB) to the same sink, one after another, in turns; the median of
three turns counts. The limit is smtplib on one kept connection with mails that were built beforehand.
"""

from __future__ import annotations

import gc
import logging
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from statistics import median

from apprise import Apprise, NotifyFormat

from flows import prefect_home
from notifiers.channel import open_channel
from notifiers.email_message import build
from notifiers.message import Message, Sender

WORDS = ("Rà soát, sửa đổi quy chế phối hợp kiểm tra an toàn thực phẩm trên địa bàn. " * 60).encode()[:4096]
TEXT = WORDS.decode(errors="ignore")
SENDER = Sender(address="nhacviec@vp.minhson.example", name="Văn phòng UBND tỉnh Minh Sơn")
TO = "vanthu@soyte.minhson.example"
TURNS = 3
APPRISE_SAMPLE = 200
PREFECT_SAMPLE = 200
EMAIL_MESSAGE_SAMPLE = 2_000


def messages(count: int) -> list[Message]:
    now = datetime.now(UTC)
    subject = "[Đôn đốc] Còn 29 ngày"
    return [Message(key=f"k{number}", to=TO, subject=subject, text=TEXT, created=now) for number in range(count)]


@contextmanager
def sink(expected: int) -> Iterator[int]:
    """A new sink; at the end it must have taken as many as were sent."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.delivery.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    yield int(process.stdout.readline())
    process.stdin.close()
    taken = int(process.stdout.readline())
    process.wait(10)
    assert taken == expected, f"sent {expected}, arrived {taken}"


def ours(port: int, count: int) -> float:
    batch = messages(count)
    with open_channel(f"smtp://127.0.0.1:{port}", sender=SENDER, var=Path("unused")) as channel:
        start = time.perf_counter()
        for message in batch:
            channel.send(message)
        return time.perf_counter() - start


def smtplib_built_before(port: int, count: int) -> float:
    batch = [build(message, SENDER) for message in messages(count)]
    with smtplib.SMTP("127.0.0.1", port, "sender.example") as smtp:
        start = time.perf_counter()
        for data in batch:
            smtp.sendmail(SENDER.address, [TO], data)
        return time.perf_counter() - start


def smtplib_and_email_message(port: int, count: int) -> float:
    batch = messages(count)
    with smtplib.SMTP("127.0.0.1", port, "sender.example") as smtp:
        start = time.perf_counter()
        for message in batch:
            mail = EmailMessage(policy=policy.SMTP)
            mail["From"], mail["To"], mail["Subject"] = SENDER.address, message.to, message.subject
            mail.set_content(message.text)
            smtp.send_message(mail)
        return time.perf_counter() - start


def apprise_mail(port: int, count: int) -> float:
    service = Apprise.instantiate(f"mailto://127.0.0.1:{port}?from={SENDER.address}&to={TO}&mode=insecure")
    assert service is not None
    service.request_rate_per_sec = 0
    batch = messages(count)
    start = time.perf_counter()
    for message in batch:
        assert service.notify(body=message.text, title=message.subject, body_format=NotifyFormat.TEXT)
    return time.perf_counter() - start


def a_prefect_task_each(port: int, count: int) -> float:
    """Ours, but each message is a task of a flow, as Prefect's own examples have it; its server runs already."""
    from prefect import flow, task

    with open_channel(f"smtp://127.0.0.1:{port}", sender=SENDER, var=Path("unused")) as channel:

        @task(persist_result=False)
        def send(message: Message) -> None:
            channel.send(message)

        batch = messages(count)

        # The batch is no parameter: Prefect takes at most half a megabyte of those.
        @flow(persist_result=False)
        def all_of() -> float:
            start = time.perf_counter()
            for message in batch:
                send(message)
            return time.perf_counter() - start

        return float(all_of())


def rate(way: Callable[[int, int], float], count: int) -> float:
    gc.collect()
    with sink(count) as port:
        return count / way(port, count)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    ways = [
        ("smtplib, one connection, mails built before (the limit)", smtplib_built_before, count),
        ("ours: build and send, one connection", ours, count),
        (
            "smtplib, one connection, EmailMessage built each time",
            smtplib_and_email_message,
            min(count, EMAIL_MESSAGE_SAMPLE),
        ),
        ("Apprise's own e-mail plugin, its throttle off", apprise_mail, min(count, APPRISE_SAMPLE)),
        ("ours, one Prefect task a message", a_prefect_task_each, min(count, PREFECT_SAMPLE)),
    ]
    prefect_home.settle(Path(tempfile.mkdtemp(prefix="dondoc-bench-")))
    logging.getLogger("prefect").setLevel(logging.ERROR)
    rates: dict[str, list[float]] = {name: [] for name, _, _ in ways}
    for _ in range(TURNS):
        for name, way, number in ways:
            rates[name].append(rate(way, number))
            print(f"{rates[name][-1]:8.1f}/s  {name}", file=sys.stderr, flush=True)
    limit = median(rates[ways[0][0]])
    print(f"{len(TEXT.encode())} bytes of text, {count} messages, median of {TURNS} (all turns)")
    for name, _, number in ways:
        own = median(rates[name])
        turns = ", ".join(f"{value:.1f}" for value in rates[name])
        print(f"{own:8.1f}/s  {own / limit:6.1%} of the limit  {name} (n={number}; {turns})")


if __name__ == "__main__":
    main()
