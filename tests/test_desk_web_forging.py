"""Links and session cookies that were altered or made up: none opens anything. DONDOC_FORGED sets how many."""

from __future__ import annotations

import base64
import os
import random
import string
from collections.abc import Iterator
from datetime import timedelta

import pytest

from flows.steps.linking import bearer, token_for
from flows.steps.workplace import Workplace
from store import people
from store.people import Lifetime
from tests.desk_samples import Clock, add_user, logged_in, opened

TRIES = int(os.environ.get("DONDOC_FORGED", "1000"))
AGENCY, OTHER = "phu-chau.so-y-te", "phu-chau.so-tai-chinh"
LETTERS = string.ascii_letters + string.digits + "-_."


def altered(text: str, chance: random.Random) -> str:
    """`text` with one or more things done to it; now and then nothing but noise."""
    letters = list(text)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(letters)) if letters else 0
        match chance.randrange(7):
            case 0:
                letters[at : at + 1] = [chance.choice(LETTERS)]
            case 1:
                letters.insert(at, chance.choice(LETTERS))
            case 2:
                del letters[at : at + chance.randrange(1, 4)]
            case 3:
                letters[at : at + 2] = reversed(letters[at : at + 2])
            case 4:
                letters[at : at + 1] = [letters[at].swapcase()] if letters else []
            case 5:
                letters += chance.choice(("=", "==", ".", "%00", "\n", " ", "A"))
            case _:
                letters = list("".join(chance.choices(LETTERS, k=chance.randrange(1, 120))))
    return "".join(letters)


def neighbours(text: str) -> Iterator[str]:
    """Every other last letter of each part: base64 leaves bits there that some readers do not look at."""
    for end in [at for at, letter in enumerate(text) if letter == "."] + [len(text)]:
        for letter in LETTERS:
            yield text[: end - 1] + letter + text[end:]


def test_no_altered_link_opens_anything(place: Workplace) -> None:
    good, other = token_for(place, AGENCY), token_for(place, OTHER)
    assert bearer(place, good) is not None
    chance, tried = random.Random(20260601), 0
    forged = [one for one in neighbours(good) if one != good]
    crossed = [".".join(parts) for parts in _crossed(good.split("."), other.split("."))]
    while tried < TRIES:
        made = forged.pop() if forged else crossed.pop() if crossed else altered(good, chance)
        if made not in {good, other}:
            tried += 1
            assert bearer(place, made) is None, made


def _crossed(one: list[str], two: list[str]) -> list[list[str]]:
    """One agency's words under the other's signature, in every mixture."""
    return [
        [(one, two)[mask >> at & 1][at] for at in range(len(one))]
        for mask in range(1, 2 ** len(one) - 1)
        if len(one) == len(two)
    ]


def test_no_link_of_another_key_or_without_one(place: Workplace, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = opened({"DONDOC_VAR": str(tmp_path_factory.mktemp("other") / "var")})
    strange = token_for(elsewhere, AGENCY)
    assert bearer(elsewhere, strange) is not None
    assert bearer(place, strange) is None
    head = token_for(place, AGENCY).split(".")[0]
    for ending in ("", ".", "..", "." + base64.urlsafe_b64encode(bytes(20)).decode().rstrip("=")):
        assert bearer(place, head + ending) is None


def test_no_altered_session_is_known(place: Workplace) -> None:
    clock, lifetime, chance = (
        Clock(place),
        Lifetime(idle=timedelta(hours=1), absolute=timedelta(hours=8)),
        random.Random(7),
    )
    add_user(place, clock, "lan", "admin")
    now = clock()
    with place.database.write() as connection:
        user = people.find(connection, place.province, "lan")
        assert user is not None
        good = people.open_session(connection, place.province, user.id, complete=True, now=now, lifetime=lifetime)
    with place.database.read() as connection:
        known = people.session(connection, place.province, good, now=now, lifetime=lifetime)
        assert known is not None
        assert people.session(connection, "tinh-khac", good, now=now, lifetime=lifetime) is None
        for _ in range(TRIES):
            made = altered(good, chance)
            found = people.session(connection, place.province, made, now=now, lifetime=lifetime)
            assert (found is None) is (made != good), made
        stored = people.digest(good)
        assert people.session(connection, place.province, stored, now=now, lifetime=lifetime) is None


def test_altered_links_and_cookies_at_the_door(place: Workplace) -> None:
    clock, chance = Clock(place), random.Random(11)
    client = logged_in(place, clock, "admin")
    good, secret = token_for(place, AGENCY), client.cookies["dondoc"]
    client.cookies.clear()
    for _ in range(60):
        path = "".join(letter for letter in altered(good, chance) if letter in LETTERS) or "x"
        if path != good:
            assert client.get(f"/a/{path}").status_code == 404, path
        made = "".join(letter for letter in altered(secret, chance) if letter in LETTERS)
        if made != secret:
            answer = client.get("/tasks", headers={"cookie": f"dondoc={made}"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/tasks"), made
