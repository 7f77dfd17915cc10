"""Provinces of any size in one PostgreSQL: their configuration as files, since each run is a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg

from bench.daily.seeding import DAY, NOW, seed
from flows.steps.refreshing import refresh
from flows.steps.workplace import open_workplaces

CONFIG = Path(__file__).parent.parent.parent / "config"


def write_config(folder: Path, codes: list[str], agencies: int) -> None:
    """Settings as they are delivered, `agencies` communes a province, and no limit of the mail server's."""
    shutil.copytree(CONFIG, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    for name, old, new in (
        ("dondoc.toml", 'daily_at = "07:30"', 'daily_at = "23:50"'),
        ("dondoc.toml", 'province = "phu-chau"', f'province = "{codes[0]}"'),
        ("channels.toml", "per_minute = 1200", "per_minute = 100000"),
    ):
        file = folder / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
    shutil.rmtree(folder / "agencies")
    (folder / "agencies").mkdir()
    (folder / "provinces").mkdir()
    for code in codes:
        (folder / "agencies" / f"{code}.toml").write_text(_agencies(code, agencies), encoding="utf-8")
        if code != codes[0]:
            office = (
                f'[office]\nprovince = "{code}"\nname = "Văn phòng UBND tỉnh {code}"\n'
                f'email = "nhacviec@{code}.example"\nreply_to = "vanphong@{code}.example"\n'
            )
            (folder / "provinces" / f"{code}.toml").write_text(office, encoding="utf-8")


def _agencies(province: str, count: int) -> str:
    parts = [f'format = 1\n\n[[provinces]]\ncode = "{province}"\nname = "tỉnh {province}"\n']
    parts += [
        f'[[agencies]]\ncode = "xa-{number}"\nname = "Xã số {number}"\nkind = "xã"\nprovince = "{province}"\n'
        f'channels = ["email"]\n[[agencies.contacts]]\nrole = "focal"\nemail = "dau-moi@xa-{number}.example"\n'
        for number in range(count)
    ]
    return "\n".join(parts)


def fill(given: dict[str, str], *, stored: int, due: int, agencies: int) -> None:
    """Give every province `stored` open tasks; `due` are to be told about on the day of `bench.daily.seeding`.

    The configuration is known before, so that the day is one of many: not the first, nor that of a change.
    """
    places = open_workplaces(given)
    for number, place in enumerate(places):
        last = number == len(places) - 1
        place.ready()
        refresh(place, now=NOW, today=DAY)
        seed(
            place,
            stored=stored,
            due=due,
            agencies=agencies,
            after=number * stored,
            plan=number + 1,
            prefix=f"{place.province}.",
            analyse=last,
        )
        place.database.close()


def keep_filled(postgres: str) -> None:
    """Remember the database as it is; nobody may be connected."""
    _make(postgres, "filled", "dondoc")


def put_back(postgres: str) -> None:
    """The database as it was remembered."""
    _make(postgres, "dondoc", "filled")


def _make(postgres: str, name: str, like: str) -> None:
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")  # type: ignore[arg-type]
