"""The database is told to count again when much came in at once, and not on other days."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.daily.seeding import DAY, Scaled, seed, workplace
from flows.steps import daily
from flows.steps.clock import standing_at
from flows.steps.importing import import_file
from flows.steps.workplace import open_workplace
from store import statistics
from store.database import Database
from tests.conftest import SAMPLES


def counted(database: Database) -> dict[str, int]:
    """How many rows the database believes each table to have, as far as it has ever looked."""
    with database.read() as connection:
        if not database.is_sqlite:
            # What was never counted stands as -1.
            query = (
                "SELECT relname, reltuples::int FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
                " WHERE relkind = 'r' AND n.nspname = current_schema() AND reltuples > 0"
            )
            return dict(tuple(row) for row in connection.exec_driver_sql(query))
        if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'").first():
            return {}
        query = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl"
        return dict(tuple(row) for row in connection.exec_driver_sql(query))


def chosen(place: Scaled) -> int:
    report = daily.Report(day=DAY)
    daily.choose(place, report, now=standing_at(DAY, place.settings.schedule.work_from, place.zone)())
    return report.decided.planned


def test_after_a_large_import_it_knows_the_tasks(tmp_path: Path, database_url: str) -> None:
    place = open_workplace({"DONDOC_VAR": str(tmp_path / "var"), "DONDOC_DATABASE_URL": database_url})
    place.ready()
    given = {
        "now": standing_at(DAY, place.settings.schedule.work_from, place.zone)(),
        "today": DAY,
        "actor": "test",
    }
    import_file(place, SAMPLES / "ke-hoach-12-chuyen-doi-so.txt", **given)
    assert counted(place.database).get("tasks", 0) == 0, "a small plan is not worth it"
    head, rows = "| STT | Nhiệm vụ | Cơ quan chủ trì | Thời gian |\n", statistics.LARGE + 10
    body = "".join(
        f"| {number} | Rà soát hồ sơ đợt {number} | Sở Tài chính | Quý IV/2026 |\n" for number in range(1, rows + 1)
    )
    file = tmp_path / "lon.md"
    file.write_text(
        f"# Kế hoạch số 77/KH-UBND ngày 02/02/2026\n\n{head}|---|---|---|---|\n{body}", encoding="utf-8"
    )
    imported = import_file(place, file, **given)
    assert imported.tasks == rows
    known = counted(place.database)
    assert known["tasks"] >= rows
    assert {table.name for table in statistics.OF_TASKS} <= set(known)
    place.database.close()


def test_after_a_morning_with_much_to_say_it_knows_the_reminders(tmp_path: Path, database_url: str) -> None:
    many = statistics.LARGE + 100
    place = workplace(tmp_path / "var", url=database_url, agencies=50)
    seed(place, stored=many, due=many, agencies=50)
    assert "reminders" not in counted(place.database)
    assert chosen(place) == many
    known = counted(place.database)
    assert known["reminders"] == many
    assert known["messages"] >= 50
    place.database.close()


@pytest.mark.postgresql
def test_rows_that_came_in_by_another_way_are_counted_by_the_next_run(tmp_path: Path, postgres_url: str) -> None:
    """As by a restored copy, which brings no statistics."""
    place = workplace(tmp_path / "var", url=postgres_url, agencies=50)
    seed(place, stored=statistics.LARGE, due=0, agencies=50, analyse=False)
    assert "dues" not in counted(place.database)
    place.database.close()
    now = standing_at(DAY, place.settings.schedule.work_from, place.zone)()
    daily.resolve(place, daily.Report(day=DAY), now=now)
    assert counted(place.database)["dues"] == statistics.LARGE
    place.database.close()
