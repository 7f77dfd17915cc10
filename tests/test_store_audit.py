"""The audit log: what was written stays as it was, in order, or it shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from flows.steps.logs import Redaction, set_up
from store import audit as audit_log
from store.audit import Broken, Head, head, record, verify
from store.database import Database
from store.schema import audit
from tests import desk_samples as desk
from tests import store_samples as samples
from tests.conftest import Cli

AT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
ONE, OTHER = "phu-chau", "minh-son"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = samples.opened(database_url)
    yield made
    made.close()


def write(database: Database, number: int, province: str = ONE) -> None:
    with database.write() as connection:
        given = {"before": {"hạn": f"{number}"}, "after": None}
        record(connection, province, at=AT, actor="an", action="thử", subject=f"task:{number}", **given)


def entries(database: Database) -> list[int]:
    with database.read() as connection:
        return list(
            connection.execute(select(audit.c.id).where(audit.c.province == ONE).order_by(audit.c.id)).scalars()
        )


def verdict(database: Database, province: str = ONE) -> int | Broken:
    with database.read() as connection:
        return verify(connection, province)


def test_each_province_has_a_chain_of_its_own(database: Database) -> None:
    with database.read() as connection:
        assert (verify(connection, ONE), head(connection, ONE)) == (0, None)
    for number in range(3):
        write(database, number)
        write(database, number, OTHER)
    assert (verdict(database), verdict(database, OTHER)) == (3, 3)
    with database.read() as connection:
        one, other = head(connection, ONE), head(connection, OTHER)
        assert one is not None
        assert other is not None
        assert one.entry == 5
        assert one.digest != other.digest


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "người khác"},
        {"subject": "task:9"},
        {"before": {"hạn": "khác"}},
        {"after": {}},
        {"at": AT + timedelta(seconds=1)},
        {"digest": "0" * 64},
    ],
)
def test_an_entry_that_was_changed_is_named(database: Database, change: dict[str, object]) -> None:
    for number in range(4):
        write(database, number)
    second = entries(database)[1]
    with database.write() as connection:
        connection.execute(update(audit).where(audit.c.id == second).values(change))
    broken = verdict(database)
    assert isinstance(broken, Broken)
    assert (broken.entry, broken.reason) == (second, "nội dung đã bị sửa")


def test_an_entry_that_was_taken_out_shows_at_the_next_and_at_the_end_by_the_head(database: Database) -> None:
    for number in range(4):
        write(database, number)
    ids = entries(database)
    with database.read() as connection:
        kept = head(connection, ONE)
    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id == ids[3]))
    assert verdict(database) == 3, "the chain itself cannot tell that its end is missing"
    with database.read() as connection:
        assert head(connection, ONE) != kept
    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id == ids[1]))
    assert verdict(database) == Broken(entry=ids[2], reason="không nối với mục đứng trước")


def test_the_same_moment_in_another_zone_is_the_same_entry(database: Database) -> None:
    with database.write() as connection:
        there = AT.astimezone(timezone(timedelta(hours=7)))
        record(connection, ONE, at=there, actor="an", action="thử", subject="task:1")
    assert verdict(database) == 1


def test_what_is_not_kept_leaves_no_entry(database: Database) -> None:
    write(database, 0)
    with database.engine.connect() as connection, connection.begin() as transaction:
        record(connection, ONE, at=AT, actor="an", action="thử", subject="task:1")
        transaction.rollback()
    assert verdict(database) == 1


def test_who_write_at_once_write_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: write(database, number), range(20)))
    assert verdict(database) == 20


def written_anew(database: Database, entry: int) -> None:
    """As by somebody who may write the database: an entry is changed, and all digests behind it fit again."""
    with database.write() as connection:
        rows = connection.execute(
            select(audit).where(audit.c.id >= entry, audit.c.province == ONE).order_by(audit.c.id)
        )
        previous = None
        for row in rows.mappings().all():
            told = {name: row[name] for name in ("province", "actor", "action", "subject", "before", "after")}
            told |= {"at": row["at"].isoformat(), "previous": previous or row["previous"]}
            told |= {} if previous else {"actor": "người khác"}
            previous = audit_log._digest(told)
            changed = {"actor": told["actor"], "previous": told["previous"], "digest": previous}
            connection.execute(update(audit).where(audit.c.id == row["id"]).values(changed))


def test_a_log_that_was_written_anew_or_cut_off_does_not_fit_what_was_noted(database: Database) -> None:
    for number in range(6):
        write(database, number)
    ids = entries(database)
    with database.read() as connection:
        noted = [
            Head(entry=row.id, digest=row.digest) for row in connection.execute(select(audit).order_by(audit.c.id))
        ]
        assert [verify(connection, ONE, one) for one in noted] == [6] * 6
        assert isinstance(verify(connection, OTHER, noted[0]), Broken), "of this province"
    written_anew(database, ids[3])
    assert verdict(database) == 6, "the chain itself holds"
    with database.read() as connection:
        assert [isinstance(verify(connection, ONE, one), Broken) for one in noted] == [False] * 3 + [True] * 3
    with database.write() as connection:
        connection.execute(delete(audit).where(audit.c.id >= ids[2]))
    write(database, 9)
    assert verdict(database) == 3
    with database.read() as connection:
        assert [isinstance(verify(connection, ONE, one), Broken) for one in noted] == [False] * 2 + [True] * 4


class TestLines:
    """What leaves for another machine."""

    @pytest.fixture
    def lines(self, tmp_path: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        set_up(tmp_path, {})

        def read() -> list[dict[str, Any]]:
            found = [json.loads(line) for file in tmp_path.glob("log/*") for line in file.read_text().splitlines()]
            return [line for line in found if line["logger"] == "dondoc.audit"]

        yield read
        set_up(tmp_path, {"DONDOC_LOG": "off"})

    def test_every_entry_is_a_line_with_which_the_log_is_checked(
        self, database: Database, lines: Callable[[], list[dict[str, Any]]]
    ) -> None:
        # Among so many digests some begin as telephone numbers do.
        for number in range(40):
            write(database, number)
        with database.write() as connection:
            for number in range(200):
                record(connection, ONE, at=AT, actor="user:an", action="thử", subject=f"task:{number}")
            assert len(lines()) == 40, "nothing before it is kept"
        told = lines()
        assert [line["seq"] for line in told] == entries(database)
        with database.read() as connection:
            for line in told[::20]:
                assert verify(connection, ONE, Head(entry=line["seq"], digest=line["digest"])) == 240
            digests = connection.execute(select(audit.c.digest).order_by(audit.c.id)).scalars()
            assert [line["digest"] for line in told] == list(digests)

    def test_what_is_not_kept_is_not_told(
        self, database: Database, lines: Callable[[], list[dict[str, Any]]]
    ) -> None:
        def fail() -> None:
            with database.write() as connection:
                record(connection, ONE, at=AT, actor="an", action="thử", subject="task:1")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert lines() == []
        write(database, 2)
        assert [(line["of"], line["id"]) for line in lines()] == [("task", 2)]

    def test_no_line_names_a_person(self, database: Database, lines: Callable[[], list[dict[str, Any]]]) -> None:
        told: dict[str, tuple[str | None, object]] = {
            "task:7": ("task", 7),
            "agency:phu-chau.so-y-te": ("agency", "phu-chau.so-y-te"),
            "config:template:wording.j2": ("config", "template:wording.j2"),
            "user:lan.tran": ("user", None),
            "contact:lan@phuchau.example": ("contact", None),
            "token:Hệ thống của Lan": ("token", None),
            "words:Lan": ("words", None),
            "POST /users/lan.tran": (None, None),
            "": (None, None),
        }
        for subject in told:
            with database.write() as connection:
                record(
                    connection, ONE, at=AT, actor="user:lan.tran", action="thử", subject=subject,
                    before={"Lan": "lan@phuchau.example"}, after="0912 345 678",
                )  # fmt: skip
        assert [(line.get("of"), line.get("id")) for line in lines()] == list(told.values())
        assert {line["by"] for line in lines()} == {"user"}
        assert "lan" not in json.dumps(lines()).lower()


def test_a_digest_that_begins_as_a_telephone_number_does_stays() -> None:
    digest = "0912345678" + "ab" * 27
    told = Redaction({})(None, "", {"digest": digest, "other": "0912345678", "key": "0912345678"})
    assert told == {"digest": digest, "other": "[số máy]", "key": "[lược bỏ]"}
    assert Redaction({})(None, "", {"digest": "0912345678"}) == {"digest": "[số máy]"}


def test_the_command_takes_what_was_noted(dondoc: Cli, environment: dict[str, str]) -> None:
    place = desk.opened(environment)
    desk.add_user(place, desk.Clock(place), "hoa", "viewer")
    with place.database.read() as connection:
        last = head(connection, place.province)
    assert last is not None
    noted = f"{last.entry}:{last.digest}"
    said = dondoc("audit", "verify", "--expect", noted)
    assert (said.returncode, f"mã cuối {noted}\n" in said.stdout) == (0, True)
    other = dondoc("audit", "verify", "--expect", noted[:-4] + "0000")
    assert (other.returncode, "viết lại" in other.stderr) == (1, True)
    assert dondoc("audit", "verify", "--expect", "12:abc").returncode == 2
