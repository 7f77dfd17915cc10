"""A day without a mail server is made up for in one mail an agency: the short form of bench/crash/lateness.py."""

from __future__ import annotations

from pathlib import Path

from bench.crash.lateness import after_an_outage, usual


def test_a_usual_morning_sends_each_agency_one_mail(tmp_path: Path) -> None:
    verdict = usual(tmp_path, agencies=20, per_minute=100_000)
    assert verdict.passed, verdict
    assert verdict.reminders == {"told": 20}


def test_the_morning_after_an_outage_sends_each_agency_one_mail_and_skips_none(tmp_path: Path) -> None:
    verdict = after_an_outage(tmp_path, agencies=20, per_minute=100_000)
    assert verdict.passed, verdict
    assert verdict.reminders["told"] == 20
