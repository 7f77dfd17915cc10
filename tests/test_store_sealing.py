"""Addresses at rest: readable with the key alone, found without being read, shown masked."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import StoreError
from store.sealing import Seal, load_seal, masked

KEY = "a-secret-of-at-least-thirty-two-characters"
SEAL, OTHER = Seal(b"1" * 32), Seal(b"2" * 32)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_what_is_sealed_opens_with_its_key_alone(plain: str) -> None:
    sealed = SEAL.close(plain)
    assert SEAL.open(sealed) == plain
    assert len(plain) < 6 or plain.encode() not in sealed
    with pytest.raises(StoreError, match="DONDOC_KEY"):
        OTHER.open(sealed)


def test_sealed_twice_it_does_not_show_that_it_is_the_same() -> None:
    assert SEAL.close("0900000001") != SEAL.close("0900000001")


def test_it_is_found_however_it_is_written_and_by_this_key_alone() -> None:
    assert SEAL.lookup(" Van-Thu@So-Y-Te.example ") == SEAL.lookup("van-thu@so-y-te.example")
    assert SEAL.lookup("84900000001") != SEAL.lookup("84900000002")
    assert SEAL.lookup("84900000001") != OTHER.lookup("84900000001")


def test_what_was_cut_or_changed_does_not_open() -> None:
    sealed = SEAL.close("van-thu@so-y-te.example")
    for wrong in (sealed[:-1], sealed[1:], b"", sealed[:30] + b"A" + sealed[31:]):
        with pytest.raises(StoreError):
            SEAL.open(wrong)


def test_keys_for_signing_differ_by_purpose_and_by_installation() -> None:
    keys = {SEAL.sign_key("link"), SEAL.sign_key("session"), OTHER.sign_key("link"), SEAL.key}
    assert len(keys) == 4


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    made = load_seal(None, tmp_path / "var")
    assert stat.S_IMODE((tmp_path / "var" / "key").stat().st_mode) == 0o600
    assert load_seal(None, tmp_path / "var") == made
    assert load_seal(None, tmp_path / "other") != made
    assert load_seal(KEY, tmp_path / "var") != made, "a secret that is given counts"
    assert load_seal(f" {KEY}\n", tmp_path) == load_seal(KEY, tmp_path)


def test_of_many_that_start_at_once_all_have_one_key(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / f"{number}"
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(lambda _: load_seal(None, folder), range(8)))) == 1  # noqa: B023 - used at once
        assert [path.name for path in folder.iterdir()] == ["key"]


def test_a_key_that_is_too_short_or_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="32 ký tự"):
        load_seal("x" * 31, tmp_path)
    (tmp_path / "key").write_text("short", encoding="utf-8")
    with pytest.raises(StoreError, match="32 ký tự"):
        load_seal(None, tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="tệp khóa"):
        load_seal(None, tmp_path / "file")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("van-thu@so-y-te.example", "v•••@so-y-te.example"),
        ("@so-y-te.example", "•••@so-y-te.example"),
        ("84900000678", "84•••••678"),
        ("8490067", "•••••"),
        ("", "•••••"),
    ],
)
def test_shown_it_is_masked(address: str, shown: str) -> None:
    assert masked(address) == shown
