"""Send to the fake Zalo at its full rate, with token expiry, rotation and faults in the middle.

    .venv/bin/python bench/zalo/run.py            about two minutes
    .venv/bin/python bench/zalo/run.py --short    about fifteen seconds

The fake runs in its own process; workers are processes that share one token file, as `dondoc` does.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from notifiers.errors import Refused, Unavailable, Unconfirmed
from notifiers.fake_zalo import FakeServer, FakeSettings, Fault, World
from notifiers.fake_zalo.page import example_world
from notifiers.message import Message
from notifiers.zalo import FileTokenStore, ZaloChannel, ZaloSettings, open_zalo, put_pair
from notifiers.zalo.settings import QuietHours
from notifiers.zalo.templates import Param, ParamType, Template

TEMPLATE = Template(
    name="nhac-viec",
    id="100001",
    params=tuple(
        Param(name=name, type=kind)
        for name, kind in (
            ("agency", ParamType.PRODUCT),
            ("count", ParamType.QUANTITY),
            ("late", ParamType.QUANTITY),
            ("due", ParamType.DATE),
        )
    ),
)
FIELDS = {"agency": "Sở Y tế tỉnh An Hòa", "count": "3", "late": "1", "due": "30/11/2026"}


def now() -> datetime:
    return datetime.now(UTC)


def fake(pipe: Connection, rate: int, faults: float, life: int) -> None:
    """The fake, until told to report."""
    base: World = example_world()
    world = World(
        settings=FakeSettings(rate_per_minute=rate, daily_quota=1_000_000, access_life=life),
        templates=tuple(base.templates.values()),
        seed=7,
    )
    world.faults.rate = faults
    world.faults.kinds = (Fault.RESET, Fault.TRUNCATED, Fault.CUT, Fault.HTTP_502, Fault.HTTP_503, Fault.HTML)
    world.faults.codes = (-32, -118, -124)
    server = FakeServer(world).run_in_background()
    known = world.settings
    pipe.send((server.base, known.app_id, known.app_secret, world.accounts.grant()))
    pipe.recv()
    limited = sum(1 for one in world.records if one.path == "/message/template")
    pipe.send(
        {
            "arrived": len(world.deliveries),
            "different": len({one.tracking_id for one in world.deliveries}),
            "sent_twice": len(world.sent_twice()),
            "requests": len(world.records),
            "send_requests": limited,
            "rotations": world.accounts.rotations,
            "most_uses_of_a_refresh_token": max(world.accounts.spent.values(), default=0),
        }
    )
    server.close()


def worker(out: Any, path: str, settings: ZaloSettings, numbers: range, seconds: float, start_at: float) -> None:
    """An outbox in small: Unavailable waits its time (at most to the next minute), Unconfirmed is parked."""
    tally: Counter[str] = Counter()
    store = FileTokenStore(Path(path))
    with open_zalo(
        "zalooa://oa/nhac-viec", tokens=store, settings=settings, clock=now, sleep=time.sleep
    ) as channel:
        time.sleep(max(0.0, start_at - time.monotonic()))
        began = time.monotonic()
        for number in numbers:
            if time.monotonic() - began > seconds:
                break
            while not one(channel, number, tally):
                pass
        tally["milliseconds"] = int((time.monotonic() - began) * 1000)
    out.put(tally)


def one(channel: ZaloChannel, number: int, tally: Counter[str]) -> bool:
    """True when the message is done with."""
    note = Message(
        key=f"bench|{number}",
        to=f"849{number % 100_000_000:08d}",
        subject="",
        text="x",
        created=now(),
        fields=FIELDS,
    )
    try:
        channel.send(note)
        tally["sent"] += 1
    except Unconfirmed:
        tally["parked"] += 1
    except Refused:
        tally["refused"] += 1
    except Unavailable as later:
        tally[f"later {later.code}"] += 1
        time.sleep(random.uniform(0.05, 0.2))
        return False
    return True


def scenario(
    *, name: str, rate: int, pace: int, faults: float, life: int, workers: int, seconds: float
) -> dict[str, Any]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=fake, args=(theirs, rate, faults, life))
    server.start()
    base, app_id, secret, pair = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokens.json"
        put_pair(FileTokenStore(path), *pair, now=now(), lock_seconds=30, expires_in=life)
        settings = replace(
            ZaloSettings(app_id=app_id, app_secret=secret, templates={TEMPLATE.name: TEMPLATE}),
            business_base=base,
            oa_base=base,
            oauth_base=base,
            bot_base=base,
            refresh_after=int(life * 0.8),
            refresh_pause=0,
            rate_per_minute=pace // workers,
            quiet=QuietHours(kinds=frozenset()),
        )
        out = spawn.Queue()
        start_at = time.monotonic() + 3
        share = 10_000_000
        people = [
            spawn.Process(
                target=worker,
                args=(out, str(path), settings, range(n * share, (n + 1) * share), seconds, start_at),
            )
            for n in range(workers)
        ]
        for person in people:
            person.start()
        tallies = [out.get() for _ in people]
        for person in people:
            person.join()
    ours.send("report")
    found: dict[str, Any] = ours.recv()
    server.join()
    return {"name": name} | summary(tallies) | found


def summary(tallies: list[Counter[str]]) -> dict[str, Any]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    seconds = max(tally["milliseconds"] for tally in tallies) / 1000
    del total["milliseconds"]
    done = total["sent"] + total["parked"] + total["refused"]
    return {"seconds": round(seconds, 1), "per_minute": round(done / seconds * 60), **dict(sorted(total.items()))}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    seconds = 5.0 if parser.parse_args().short else 60.0
    unlimited, full = 10_000_000, 4000
    plan = [
        ("as fast as it goes, 1 worker", unlimited, 0, 0.0, 90_000, 1, min(seconds, 15)),
        ("as fast as it goes, 2 workers", unlimited, 0, 0.0, 90_000, 2, min(seconds, 15)),
        ("4,000 a minute, token dies every 10 s, 5% faults, 2 workers", full, full, 0.05, 10, 2, seconds),
    ]
    for name, rate, pace, faults, life, workers, length in plan:
        found = scenario(name=name, rate=rate, pace=pace, faults=faults, life=life, workers=workers, seconds=length)
        print(json.dumps(found, ensure_ascii=False), flush=True)
        assert found["sent_twice"] == 0
        assert found["most_uses_of_a_refresh_token"] <= 1
        assert found.get("sent", 0) <= found["different"] <= found.get("sent", 0) + found.get("parked", 0)


if __name__ == "__main__":
    main()
