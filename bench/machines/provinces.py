"""Provinces of any size in one PostgreSQL: their configuration as files, since each run is a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.daily.seeding import seed
from flows.steps.refreshing import digest_of
from flows.steps.workplace import Workplace, open_workplace, open_workplaces
from store import runs

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


def note_followed(place: Workplace) -> None:
    """As after a first morning: the dates were counted by this calendar, and the policies are the same."""
    with place.database.write() as connection:
        for name in ("calendar", "policies"):
            runs.set_mark(connection, place.province, f"config.{name}", digest_of(place, name))


def fill(given: dict[str, str], *, due: int, agencies: int) -> list[Workplace]:
    """Give every province `due` open tasks, all to be told about on the day of `bench.daily.seeding`."""
    places = list(open_workplaces(given))
    open_workplace(given).ready()
    for number, place in enumerate(places):
        seed(place, stored=due, due=due, agencies=agencies, after=number * due, plan=number + 1,
             prefix=f"{place.province}.")  # fmt: skip
        note_followed(place)
    return places
