"""Hostile words from an imported plan and from the configuration to what arrives: the whole way, by mail and Zalo.

The table of values is that of test_notifiers_hostile.py; here they go through the store, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from flows.steps.channels import Tokens
from flows.steps.daily import run_daily
from flows.steps.importing import import_file
from flows.steps.workplace import Workplace, open_workplace
from notifiers.fake_zalo import FakeServer, start
from notifiers.fake_zalo.page import example_world
from notifiers.render_clean import line
from notifiers.zalo import put_pair
from store.schema import tasks
from tests.conftest import SAMPLES
from tests.smtp_sink import Mailbox, Sink
from tests.test_flows_zalo import DAY, Clock, configured
from tests.test_notifiers_hostile import ALLOWED, HOSTILE, STRICT
from tests.test_notifiers_hostile_chat import invisible

VALUES = [words.replace("|", "/") for words in HOSTILE.values() if words.strip() and "\ud800" not in words]
"""A text file holds no half of a surrogate pair, and its table no bar."""
TITLED = re.compile(r"^(\d+) \|\n([^|\n]{20,}) \|$", re.MULTILINE)


def hostile_plan(folder: Path) -> Path:
    """A sample plan in which every task's title goes on with hostile words, folded onto its line."""
    text = (SAMPLES / "ke-hoach-12-chuyen-doi-so.txt").read_text("utf-8")
    words = iter(VALUES * 5)

    def worse(found: re.Match[str]) -> str:
        added = re.sub(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", " ", next(words))[:900]
        return f"{found[1]} |\n{found[2]} {added} |"

    made, count = TITLED.subn(worse, text)
    assert count >= len(VALUES)
    path = folder / "ke-hoach.txt"
    path.write_text(made, "utf-8")
    return path


def hostile_config(folder: Path) -> None:
    """The office, the province's contacts: names that nobody has."""
    general = folder / "dondoc.toml"
    name = json.dumps("Văn phòng\r\nBcc: x@y.example \u202e{{ 7*7 }}<script>\u200b")
    general.write_text(
        re.sub(r'(?m)^name = ".*"$', lambda _: f"name = {name}", general.read_text("utf-8"), count=1)
    )
    agencies = folder / "agencies" / "phu-chau.toml"
    words = iter(VALUES * 100)
    named = re.compile(r'(?m)^(role = ".*"\n(?:phone = .*\n)?)name = .*$')
    text, count = named.subn(
        lambda found: f"{found[1]}name = {json.dumps(next(words)[:150], ensure_ascii=False)}",
        agencies.read_text("utf-8"),
    )
    assert count > 20
    agencies.write_text(text, "utf-8")


@pytest.fixture(params=["zalooa", "zalocs"])
def morning(
    request: pytest.FixtureRequest, tmp_path: Path, environment: dict[str, str]
) -> Iterator[tuple[Workplace, FakeServer, Mailbox]]:
    clock = Clock()
    world = example_world()
    world.clock = world.accounts._clock = clock
    with start(world) as server, Sink() as sink:
        folder = configured(tmp_path / "config", server, request.param)
        hostile_config(folder)
        given = environment | {
            "DONDOC_CONFIG": str(folder),
            "DONDOC_SMTP_URL": sink.url,
            "DONDOC_ZALO_APP_SECRET": world.settings.app_secret,
        }
        place = open_workplace(given)
        place.validate()
        place.ready()
        put_pair(Tokens(place, clock), *world.accounts.grant(), now=clock(), lock_seconds=5)
        import_file(place, hostile_plan(tmp_path), now=clock(), today=DAY, actor="test")
        run_daily(place, clock=clock, day=DAY)
        yield place, server, sink.mailbox
        place.database.close()


def titles(place: Workplace) -> list[str]:
    with place.database.read() as connection:
        return [line(row.title) for row in connection.execute(select(tasks.c.title))]


def test_what_arrives_is_well_formed_and_says_what_is_kept(morning: tuple[Any, FakeServer, Mailbox]) -> None:
    place, server, mailbox = morning
    kept = titles(place)
    assert len(kept) >= len(VALUES)
    assert mailbox.messages or server.world.deliveries
    for to, raw in mailbox.raw:
        mail = message_from_bytes(raw, policy=STRICT)
        assert all(part.defects == [] for part in mail.walk())
        assert {header.lower() for header in mail} <= ALLOWED | {"references", "in-reply-to"}
        assert [one.addr_spec for one in mail["to"].addresses] == [to]
        text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
        text = text.replace("\r\n", "\n")
        assert invisible(text) == []
        assert "49" not in mail["from"].addresses[0].display_name
    for one in server.world.deliveries:
        assert invisible(one.text) == []
        assert [mark for value in one.fields.values() for mark in invisible(value)] == []
        assert "<script>" in one.text or not one.text, "the office's name as it was written"
    mailed = " ".join(
        line(raw.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
        for _, raw in mailbox.messages
    )
    told = [title for title in kept if title in mailed]
    texts = " ".join(line(one.text) for one in server.world.deliveries)
    told += [title for title in kept if title[:60].rstrip() in texts]
    assert len(told) >= 5, "people are told of tasks in the plan's own words"
