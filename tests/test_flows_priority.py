"""Batch work steps back before it starts; who serves people does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from desk.cli import BATCH_WORK, app
from flows.steps.priority import NICENESS
from tests.conftest import ROOT, Cli

pytestmark = pytest.mark.skipif(not hasattr(os, "setpriority"), reason="the system knows no priorities")

STEPS_BACK = """
import os
from flows.steps.priority import step_back
step_back()
step_back()
print(os.getpriority(os.PRIO_PROCESS, 0))
"""


def said(*words: str, lower: int = 0) -> int:
    found = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=True, cwd=ROOT,
        preexec_fn=lambda: os.nice(lower),
    )  # fmt: skip
    return int(found.stdout.split()[-1])


def test_stepping_back_twice_is_stepping_back_once_and_never_forward() -> None:
    if os.getpriority(os.PRIO_PROCESS, 0) >= NICENESS:
        pytest.skip("this process is low already")
    assert said("-c", STEPS_BACK) == NICENESS
    assert said("-c", STEPS_BACK, lower=15) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 15)


@pytest.mark.parametrize(("command", "steps_back"), [("run", True), ("tasks", False)])
def test_the_daily_job_steps_back_and_a_question_does_not(
    environment: dict[str, str], tmp_path: Path, command: str, steps_back: bool
) -> None:
    watched = "import atexit, os, sys; atexit.register(lambda: print('at', os.getpriority(os.PRIO_PROCESS, 0)))\n"
    watched += f"sys.argv = ['dondoc', {command!r}] + ['--plain'] * {steps_back}\n"
    watched += "from desk.cli import main\nmain()"
    given = Cli(environment, tmp_path).environment | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", watched], env=given, capture_output=True, text=True, check=True)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert int(ran.stdout.split()[-1]) == (max(NICENESS, own) if steps_back else own)


def test_what_steps_back_is_a_command() -> None:
    commands = typer.main.get_command(app)
    assert isinstance(commands, typer.core.TyperGroup)
    assert set(commands.commands) >= BATCH_WORK
