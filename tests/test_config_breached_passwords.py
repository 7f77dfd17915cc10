"""A file of leaked passwords: found by halving, and refused where it would not hold what it seems to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from config.breached_passwords import NEAR, is_breached, look
from config.errors import ConfigError

PASSWORDS = [f"mật khẩu đã lộ {number}" for number in range(20_000)]


def digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def lines(passwords: list[str]) -> list[str]:
    return [f"{one}:{len(one) + int(one[-4:], 16)}" for one in sorted(map(digest, passwords))]


def written(file: Path, rows: list[str], end: str = "\r\n", last: bool = True) -> Path:
    file.write_text(end.join(rows) + end * last, encoding="ascii", newline="")
    return file


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("breached") / "sha1.txt", lines(PASSWORDS))


def test_every_password_of_the_file_is_found_and_no_other(large: Path) -> None:
    ordered = sorted(PASSWORDS, key=digest)
    for password in (*ordered[:300], *ordered[-300:], *ordered[::37]):
        assert is_breached(large, password), password
    assert not any(is_breached(large, f"một câu khác {number}") for number in range(500))
    assert not is_breached(large, PASSWORDS[0].upper()), "small and capital letters differ, as in the collections"
    assert look(large) == pytest.approx(len(PASSWORDS), rel=0.02)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 150, 200, 1000])
def test_of_any_length_and_with_any_ends_of_lines(tmp_path: Path, count: int, end: str, last: bool) -> None:
    rows = lines(PASSWORDS[:count])
    for kind in (rows, [row.lower() for row in rows], [row.partition(":")[0] for row in rows]):
        file = written(tmp_path / "x.txt", kind, end, last)
        assert look(file) >= 1
        assert all(is_breached(file, one) for one in PASSWORDS[:count])
        assert not is_breached(file, PASSWORDS[count])


def test_a_file_of_gigabytes_is_looked_at_in_places(large: Path) -> None:
    """64 GB, nearly all of it a hole that takes no room: reading it as a whole would not come to an end here."""
    hole = large.with_name("holes.txt")
    data = large.read_bytes()
    with hole.open("wb") as held:
        held.write(data[: len(data) // 2])
        held.truncate(64 << 30)
    assert hole.stat().st_blocks * 512 < 4 << 20
    with pytest.raises(ConfigError, match="dòng không đúng dạng"):
        is_breached(hole, PASSWORDS[0])
    with pytest.raises(ConfigError, match="dòng không đúng dạng"):
        look(hole)


def by_count(rows: list[str]) -> list[str]:
    return sorted(rows, key=lambda row: -int(row.partition(":")[2]))


WRONG: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "empty": (lambda rows: [], "tệp trống"),
    "by count": (by_count, "không xếp theo thứ tự"),
    "the other way round": (lambda rows: rows[::-1], "không xếp theo thứ tự"),
    "two files in one": (lambda rows: rows[::2] + rows[1::2], "không xếp theo thứ tự"),
    "in clear": (lambda rows: PASSWORDS[:5000], "dòng không đúng dạng"),
    "other digests": (lambda rows: [row[:32] for row in rows], "dòng không đúng dạng"),
    "the first half": (lambda rows: rows[: len(rows) // 2], "thiếu một phần"),
    "the second half": (lambda rows: rows[len(rows) // 2 :], "thiếu một phần"),
    "without its middle": (lambda rows: rows[:8000] + rows[12_000:], "thiếu một phần"),
    "cut in a line": (lambda rows: [*rows[:-1], rows[-1][:20]], "dòng không đúng dạng"),
    "one endless line": (lambda rows: ["0" * 3 * NEAR], "dòng không đúng dạng"),
}


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_what_is_no_such_file_is_refused(
    tmp_path: Path, change: Callable[[list[str]], list[str]], said: str
) -> None:
    rows = [row for row in change(lines(PASSWORDS)) if row.isascii()] or change(lines(PASSWORDS))
    file = tmp_path / "x.txt"
    file.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        look(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "no.txt", tmp_path):
        with pytest.raises(ConfigError, match="breached_passwords"):
            look(path)
        with pytest.raises(ConfigError, match="breached_passwords"):
            is_breached(path, "x")


def test_what_is_found_in_wrong_order_on_the_way_is_no_answer(tmp_path: Path) -> None:
    file = written(tmp_path / "x.txt", by_count(lines(PASSWORDS)))
    with pytest.raises(ConfigError, match="không xếp theo thứ tự"):
        is_breached(file, PASSWORDS[0])
