"""Memory of finished work goes back to the system, and the desk sees to it while it is up."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from starlette.applications import Starlette

from desk.web.lifespan import lifespan
from flows.steps import memory
from tests.conftest import ROOT

FREED_BETWEEN = """
from pathlib import Path
from flows.steps.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

pieces = [bytearray(b"x" * 60_000) for _ in range(1_000)]
full = resident()
kept = pieces[::20]
pieces.clear()
before = resident()
give_back()
print(full - before, before - resident())
"""


def test_what_is_freed_between_pieces_in_use_goes_back() -> None:
    if memory._trim() is None:
        pytest.skip("the C library is not glibc")
    result = subprocess.run(
        [sys.executable, "-c", FREED_BETWEEN], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    by_itself, given_back = map(float, result.stdout.split())
    # Of 57 MB; without it, all of that would stay.
    assert by_itself < 10
    assert given_back > 40


def test_the_desk_does_so_from_its_start_to_its_end() -> None:
    assert asyncio.run(_lived()) == {"up": 1, "after": 0}


async def _lived() -> dict[str, int]:
    others = len(asyncio.all_tasks())
    async with lifespan(0.01)(Starlette()):
        up = len(asyncio.all_tasks()) - others
        await asyncio.sleep(0.1)
    return {"up": up, "after": len(asyncio.all_tasks()) - others}
