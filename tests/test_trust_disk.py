"""A disk that tears, is full or read-only, or is held by another: the short form of bench/crash/disk.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.crash.disk import full, locked, read_only, torn


def test_torn_copies_are_whole_states_and_the_work_goes_on_from_them(tmp_path: Path) -> None:
    found = torn(tmp_path, messages=40, copies=12, stops=3)
    assert found.copies == 12
    assert found.passed, found


def test_a_disk_that_is_full_in_the_middle_is_told_and_the_rest_leaves_once_there_is_room(tmp_path: Path) -> None:
    try:
        verdict = full(tmp_path, 120)
    except PermissionError as error:
        pytest.skip(str(error))
    assert "ổ đĩa đã đầy" in verdict.told
    assert verdict.passed, verdict


def test_nothing_leaves_while_the_disk_is_read_only(tmp_path: Path) -> None:
    try:
        verdict = read_only(tmp_path, 5)
    except PermissionError as error:
        pytest.skip(str(error))
    assert "tệp chỉ cho đọc" in verdict.told
    assert verdict.passed, verdict


def test_a_lock_held_for_longer_than_we_wait_loses_nothing(tmp_path: Path) -> None:
    verdict = locked(tmp_path, 30, seconds=1, busy=0.2)
    assert verdict.passed, verdict
