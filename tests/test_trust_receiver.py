"""A receiver that is not ours recognises each copy: the short form of bench/crash/receiver.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crash.mailbox import missing
from bench.crash.receiver import trial


def test_mails_whose_first_answer_is_lost_stand_in_the_mailbox_once(tmp_path: Path) -> None:
    if why := missing():
        pytest.skip(why)
    verdict = trial(messages=20, folder=tmp_path)
    assert verdict.passed, verdict
