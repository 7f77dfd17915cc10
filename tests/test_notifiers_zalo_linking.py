"""Who is who: by a one-time code in the user's own words, or a follow that an operator matches."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.zalo.events import Event, Followed, Other, Said, Unfollowed
from notifiers.zalo.linking import (
    ALPHABET,
    Candidate,
    Linked,
    NoLink,
    PendingLink,
    Unlinked,
    digest,
    link,
    new_code,
    pending,
)

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
KEY = b"k" * 32
CODE = "DD-7K3M-9QRT"


def said(text: str, user: str = "uid-1") -> Said:
    return Said(user_id=user, text=text, msg_id="m", at=NOW)


@pytest.fixture
def waiting() -> list[PendingLink]:
    return [pending("lien-he-1", CODE, KEY, NOW), pending("lien-he-2", "DD-2222-2222", KEY, NOW)]


@pytest.mark.parametrize(
    "words",
    [
        CODE,
        "dd-7k3m-9qrt",
        "Mã của tôi là DD 7K3M 9QRT, xin cảm ơn",
        "DD7K3M9QRT",
        "dd–7k3m9qrt"[:2] + "-7k3m9qrt",
        "\nDD-7K3M-9QRT.\n",
    ],
)
def test_the_code_in_the_users_words_links(waiting: list[PendingLink], words: str) -> None:
    assert link(said(words), waiting, KEY, NOW) == Linked(
        contact="lien-he-1", user_id="uid-1", digest=waiting[0].digest
    )


@pytest.mark.parametrize(
    ("words", "wrong_code"),
    [
        ("xin chào", False),
        ("", False),
        ("DD-7K3M", False),
        ("ADD-7K3M-9QRTX", False),
        ("DD-7K3M-9QRS", True),
        ("DD-0000-1111", False),
    ],
)
def test_other_words_link_nobody(waiting: list[PendingLink], words: str, wrong_code: bool) -> None:
    assert link(said(words), waiting, KEY, NOW) == NoLink(wrong_code=wrong_code)


def test_a_code_ends_after_its_hours(waiting: list[PendingLink]) -> None:
    assert isinstance(link(said(CODE), waiting, KEY, NOW + timedelta(hours=71, minutes=59)), Linked)
    assert link(said(CODE), waiting, KEY, NOW + timedelta(hours=72)) == NoLink(wrong_code=True)


def test_a_code_that_was_used_is_gone(waiting: list[PendingLink]) -> None:
    found = link(said(CODE), waiting, KEY, NOW)
    assert isinstance(found, Linked)
    rest = [one for one in waiting if one.digest != found.digest]
    assert link(said(CODE, "uid-2"), rest, KEY, NOW) == NoLink(wrong_code=True)


def test_what_is_kept_does_not_give_the_code(waiting: list[PendingLink]) -> None:
    assert "7K3M" not in repr(waiting)
    assert digest(CODE, KEY) != digest(CODE, b"another")


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Followed(user_id="u", at=NOW), Candidate(user_id="u")),
        (Unfollowed(user_id="u", at=NOW), Unlinked(user_id="u")),
        (Followed(user_id="", at=NOW), NoLink()),
        (Said(user_id="", text=CODE, msg_id="m", at=NOW), NoLink()),
        (Other(name="x", at=NOW), NoLink()),
    ],
)
def test_other_events(waiting: list[PendingLink], event: Event, expected: object) -> None:
    assert link(event, waiting, KEY, NOW) == expected


def test_codes_are_readable_and_differ() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(rf"DD-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code) for code in codes)


@given(st.text(max_size=200))
def test_no_words_link_by_chance_or_raise(words: str) -> None:
    only = [pending("a", CODE, KEY, NOW)]
    found = link(said(words), only, KEY, NOW)
    assert isinstance(found, NoLink) or "7K3M" in words.upper()
