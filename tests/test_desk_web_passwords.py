"""Which passwords are taken: not those that everybody uses, nor those that anybody here would try first."""

from __future__ import annotations

import hashlib
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from bench.desk.common_passwords import digests
from config.errors import ConfigError
from config.settings import Office, load
from desk.web import common_passwords
from desk.web.common_passwords import LISTED, digest, listed
from desk.web.passwords import refused
from flows.steps.directing import copy_packaged
from tests.conftest import ROOT, Cli
from tests.desk_samples import PASSWORD, Clock, browser, logged_in, opened

OFFICE = Office(
    province="phu-chau",
    name="Văn phòng UBND tỉnh Phú Châu",
    email="vp@phuchau.example",
    reply_to="vp@phuchau.example",
)
SETTINGS = load({}).model_copy(update={"office": OFFICE})

COMMON = [
    "1qaz2wsx3edc", "123qweasdzxc", "qwerty123456", "QWERTY123456", "leavemealone", "q1w2e3r4t5y6", "administrator",
    "123456789123", "PolniyPizdec0211", "polniypizdec0211",
]  # fmt: skip
"""Taken down from the head of the list that the digests were made of."""

HABITS = [
    "MatKhau@123456", "Mật khẩu 2026!!", "matkhaumatkhau", "P@ssw0rd123456", "Admin@123456789", "quantri@2026abc",
    "Anhyeuem12345", "emyeuanh!!!!!", "Xinchao.Vietnam.2025", "1q2w3e4r5t6789", "123123123123123",
]  # fmt: skip

PLACE = [
    "PhuChau@2026!",
    "phu chau 123456",
    "UBNDtinhPhuChau1",
    "Ủy ban Phú Châu 99",
    "VanPhong#2025#",
    "Dondoc@2026!!",
]

TAKEN = [
    "mot cau dai de nho 7", "con mèo nhà bên leo cây mít", "V8Q6F0nExr3YdR2K", "correct horse battery",
    "Phú Châu có bảy cây cầu tre", "Hoa2 sen9 trang4 lam7", "ba mươi tết đi chợ hoa",
]  # fmt: skip


def wrong(password: str, name: str = "lan.tran") -> str | None:
    return refused(password, name, SETTINGS)


def test_the_list_is_as_long_as_it_says() -> None:
    assert len(listed()) == LISTED
    assert LISTED >= 3000
    assert all(len(one) == common_passwords.DIGITS for one in listed())


@pytest.mark.parametrize("password", COMMON)
def test_what_leaked_most_is_refused(password: str) -> None:
    assert {digest(password), digest(common_passwords.plain(password))} & listed()
    assert wrong(password)


@pytest.mark.parametrize("password", HABITS)
def test_what_people_here_are_fond_of_is_refused(password: str) -> None:
    assert wrong(password)


@pytest.mark.parametrize("password", PLACE)
def test_the_names_of_the_place_protect_nothing(password: str) -> None:
    assert wrong(password)


@pytest.mark.parametrize("password", ["lan.tran 1234 xanh do", "mot cau cua LAN.TRAN", "Trần Lan 2026 123"])
def test_the_users_own_name_protects_nothing(password: str) -> None:
    assert wrong(password)


@pytest.mark.parametrize("password", TAKEN)
def test_long_sentences_and_random_signs_are_taken(password: str) -> None:
    assert wrong(password) is None


def test_a_short_name_shuts_out_no_sentence() -> None:
    assert wrong("mot cau dai de nho 7", name="a") is None


def test_length_is_counted_in_letters() -> None:
    assert wrong("x7 Kq9 vm2 T") is None
    assert wrong("x7 Kq9 vm2 ")
    assert wrong("x7 Kq9 vm2 Tb4 " * 18)


def test_the_list_is_made_of_the_first_that_are_long_enough(tmp_path: Path) -> None:
    given = ["123456", "AbcDefGhiJkl", "abcdefghijkl", "short", "mnopqrstuvwxyz"]
    assert digests(given) == sorted({digest("abcdefghijkl"), digest("mnopqrstuvwxyz")})
    assert len(digests(f"{number:012}" for number in range(LISTED + 10))) == LISTED


def test_the_command_line_refuses_them_too(dondoc: Cli) -> None:
    answer = dondoc("user", "add", "hoa", "--role", "admin", DONDOC_PASSWORD="MatKhau@123456")
    assert answer.returncode == 1
    assert "dễ đoán" in answer.stderr


class TestLeaked:
    """A file of passwords that leaked, named in the settings."""

    LEAKED, FREE = "con mèo nhà bên leo cây mít", "con mèo nhà bên leo cây na"

    @pytest.fixture
    def config(self, tmp_path: Path) -> Path:
        folder = tmp_path / "config"
        assert copy_packaged(folder) is None
        file = folder / "dondoc.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace('breached_passwords = ""', 'breached_passwords = "sha1.txt"'), encoding="utf-8"
        )
        digests = [hashlib.sha1(f"{self.LEAKED}{more}".encode()).hexdigest().upper() for more in ("", *range(999))]
        (folder / "sha1.txt").write_text("".join(f"{one}:7\r\n" for one in sorted(digests)), newline="")
        return folder

    def test_they_are_refused_and_told_why(self, environment: dict[str, str], config: Path, dondoc: Cli) -> None:
        place = opened(environment, DONDOC_CONFIG=str(config))
        client = logged_in(place, Clock(place), "viewer")

        def change(new: str) -> tuple[int, str]:
            answer = client.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})
            return answer.status_code, answer.text

        state, told = change(self.LEAKED)
        assert (state, "danh sách mật khẩu đã bị lộ" in told) == (422, True)
        assert change("MatKhau@123456")[0] == 422, "the list that comes with the program still counts"
        (config / "sha1.txt").rename(config / "aside")
        assert change(self.FREE)[0] == 503, "unknown is not taken for free"
        (config / "aside").rename(config / "sha1.txt")
        assert change(self.FREE)[0] == 303
        more = {"DONDOC_CONFIG": str(config)}
        refused = dondoc("user", "add", "hoa", "--role", "admin", DONDOC_PASSWORD=self.LEAKED, **more)
        assert (refused.returncode, "đã bị lộ" in refused.stderr) == (1, True)
        checked = dondoc("check", **more)
        assert "được  mật khẩu đã lộ" in checked.stdout
        assert re.search(r"khoảng (9|1\.0)\d\d mật khẩu", checked.stdout)

    @pytest.mark.parametrize("wrong", ["missing", "unsorted"])
    def test_a_file_that_cannot_be_searched_is_told_at_the_start_and_by_check(
        self, environment: dict[str, str], config: Path, dondoc: Cli, wrong: str
    ) -> None:
        file = config / "sha1.txt"
        if wrong == "missing":
            file.unlink()
        else:
            file.write_text("".join(reversed(file.read_text().splitlines(keepends=True))))
        place = opened(environment, DONDOC_CONFIG=str(config))
        with pytest.raises(ConfigError, match=r"sha1\.txt"):
            browser(place, Clock(place))
        for command, said in (("check", "stdout"), ("web", "stderr")):
            answer = dondoc(command, DONDOC_CONFIG=str(config))
            assert answer.returncode == 1
            assert "sha1.txt" in getattr(answer, said)


def test_who_types_a_password_is_told_and_may_try_again(environment: dict[str, str]) -> None:
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
    command = [sys.executable, "-m", "desk.cli", "user", "add", "--role", "admin", "quantri"]
    with subprocess.Popen(
        command, env=clean | environment | {"PYTHONPATH": str(ROOT)}, stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True, cwd=ROOT,
    ) as running:  # fmt: skip
        os.close(theirs)
        try:
            seen = answer(
                ours, {"Mật khẩu (": ["quantri12345", TAKEN[0], TAKEN[1]], "Nhập lại": ["khác hẳn", TAKEN[1]]}
            )
            assert running.wait(60) == 0, seen
        finally:
            running.kill()
    os.close(ours)
    assert "chứa tên đăng nhập" in seen
    assert "không giống nhau" in seen
    assert "Đã thêm" in seen


def answer(terminal: int, typed: dict[str, list[str]]) -> str:
    """Type the next answer whenever its question stands at the end; returns all that was shown."""
    seen, asked = b"", 0
    left = {question.encode(): list(answers) for question, answers in typed.items()}
    waiting = select.poll()
    waiting.register(terminal, select.POLLIN)
    while waiting.poll(120_000):
        try:
            read = os.read(terminal, 4096)
        except OSError:
            read = b""
        if not read:
            break
        seen += read
        for question, answers in left.items():
            if question in seen[asked:] and seen.endswith(b": ") and answers:
                asked = len(seen)
                os.write(terminal, f"{answers.pop(0)}\n".encode())
    return seen.decode("utf-8", "replace")
