"""What admins change at the desk: checked by the code that reads the files, kept as versions, undone by one more.

A version in the database takes the place of the file, for every process from its next start or look on. Going
back to version 0 makes the file hold again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from config import agencies, calendars, policies
from config.errors import ConfigError
from flows.steps.completing import NoSuch
from flows.steps.workplace import AGENCIES, CALENDAR, POLICIES, TEMPLATE, Workplace
from store import editions
from store.audit import record
from store.editions import Edition

STALE = "Trong lúc sửa đã có người khác lưu bản mới; hãy mở lại trang để sửa trên bản mới nhất."
UNKNOWN = "Không có phần cấu hình hoặc phiên bản này."
_YEAR = re.compile(r"calendar:(20[1-5]\d|2060)")


def known(part: str) -> bool:
    """Whether a part of the configuration can be edited at the desk."""
    from flows.steps.wording import EDITABLE

    return (
        part in {AGENCIES, POLICIES}
        or _YEAR.fullmatch(part) is not None
        or (part.startswith(TEMPLATE) and part.removeprefix(TEMPLATE) in EDITABLE)
    )


def check(workplace: Workplace, part: str, content: str) -> None:
    """Raises ConfigError where the content would not do as this part."""
    if part == AGENCIES:
        directory = agencies.loads(content, "danh bạ")
        if not any(agency.province == workplace.province for agency in directory.agencies):
            raise ConfigError(file="danh bạ", field="agencies", value="", allowed="có cơ quan của tỉnh")
    elif part == POLICIES:
        policies.loads(content, "chính sách").check_channels(workplace.channels.by_name)
    elif part.startswith(CALENDAR):
        calendars.reads(content, f"{part.removeprefix(CALENDAR)}.toml")
    else:
        from flows.steps.wording import check_wording

        check_wording(workplace, part.removeprefix(TEMPLATE), content)


def standing(workplace: Workplace, part: str) -> int:
    """The number of the version that holds; 0 where the file does."""
    with workplace.database.read() as connection:
        return editions.newest(connection, workplace.province, part)


def history(workplace: Workplace, part: str) -> Sequence[Edition]:
    """Every version of a part, newest first; the file itself is not among them."""
    with workplace.database.read() as connection:
        return editions.history(connection, workplace.province, part, workplace.seal)


def seed(workplace: Workplace, part: str) -> str | None:
    """What the file says, in the form in which versions are kept; None where there is no file."""
    folder = workplace.settings.folder
    if part == AGENCIES:
        return agencies.to_toml(agencies.load(folder / "agencies" / f"{workplace.province}.toml"))
    if part == POLICIES:
        return (folder / "policies.toml").read_text(encoding="utf-8")
    if part.startswith(CALENDAR):
        return _text(folder / "calendars" / f"{part.removeprefix(CALENDAR)}.toml")
    from flows.steps.wording import shipped

    name = part.removeprefix(TEMPLATE)
    return _text(folder / "templates" / name) or shipped(name)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def keep(
    workplace: Workplace,
    part: str,
    content: str | None,
    *,
    expected: int | None,
    reason: str,
    now: datetime,
    actor: str,
    before: Any = None,
    after: Any = None,
) -> int | NoSuch:
    """Make `content` hold from now on; None: the file again. Raises ConfigError for what could not be used.

    `expected` is the version that was edited; where another has come in between, nothing is kept. `before` and
    `after` are what the audit log tells; without them it has the texts themselves.
    """
    if content is not None:
        check(workplace, part, content)
    if before is None and after is None:
        before, after = {"text": workplace.edits.get(part) or seed(workplace, part)}, {"text": content}
    with workplace.database.write() as connection:
        standing = editions.newest(connection, workplace.province, part)
        if expected is not None and standing != expected:
            return NoSuch(message=STALE)
        version = editions.add(
            connection,
            workplace.province,
            part,
            content,
            seal=workplace.seal,
            now=now,
            actor=actor,
            reason=reason,
        )
        record(
            connection,
            workplace.province,
            at=now,
            actor=actor,
            action="config.edit",
            subject=f"config:{part}",
            before={"version": standing, **(before or {})},
            after={"version": version, "reason": reason, **(after or {})},
        )
    return version


def restore(workplace: Workplace, part: str, version: int, *, now: datetime, actor: str) -> int | NoSuch:
    """Go back to what an earlier version said; 0: to the file. Raises ConfigError where it no longer does."""
    if not known(part):
        return NoSuch(message=UNKNOWN)
    content: str | None = None
    if version:
        found = next((one for one in history(workplace, part) if one.version == version), None)
        if found is None:
            return NoSuch(message=UNKNOWN)
        content = found.content
    elif seed(workplace, part) is None and not part.startswith(CALENDAR):
        return NoSuch(message=UNKNOWN)
    told: dict[str, Any] = {}
    if part == AGENCIES:
        # The log says what changed with addresses masked, never a whole directory of people.
        target = agencies.loads(content, "danh bạ") if content is not None else _file_directory(workplace)
        told = told_changes(agencies.difference(workplace.directory, target))
    named = f"Khôi phục bản {version}" if version else "Dùng lại tệp cấu hình"
    return keep(workplace, part, content, expected=None, reason=named, now=now, actor=actor, **told)


def _file_directory(workplace: Workplace) -> Any:
    return agencies.load(workplace.settings.folder / "agencies" / f"{workplace.province}.toml")


def told_changes(changes: Sequence[agencies.Change]) -> dict[str, Any]:
    """Changes of a directory as the audit log tells them, before and after; addresses are masked."""
    told = changes[:200]
    return {
        "before": {"values": {_place(one): one.old for one in told}, "changes": len(changes)},
        "after": {"values": {_place(one): one.new for one in told}, "changes": len(changes)},
    }


def _place(change: agencies.Change) -> str:
    return f"{change.code}.{change.field}" if change.field else change.code


MANY = 5000
"""More open tasks than this are not named anew while somebody waits; the next run does it."""


def follow(workplace: Workplace, *, now: datetime, today: date) -> bool:
    """Have open tasks follow what was changed, where that is quick; False where the next run will do it."""
    from flows.steps.refreshing import refresh
    from store import plans

    with workplace.database.read() as connection:
        if len(plans.open_tasks(connection, workplace.province, limit=MANY + 1)) > MANY:
            return False
    refresh(workplace, now=now, today=today)
    return True
