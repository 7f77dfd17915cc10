"""Changes to the province's directory of agencies: shown first, then written whole, with a copy of what it was."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config import agencies as files
from config.errors import ConfigError
from config.settings import PACKAGED
from deadlines.directory_change import Change, ChangeError, difference, merge, split, with_agencies
from deadlines.directory_types import Agency, Contact
from flows.steps.completing import NoSuch
from flows.steps.workplace import AGENCIES, Workplace
from store import editions
from store.audit import record

if TYPE_CHECKING:
    from deadlines.directory import Directory

PACKAGED_FOLDER = (
    "Thư mục cấu hình đi kèm chương trình không sửa được; hãy chạy dondoc config copy THƯ_MỤC rồi đặt "
    "DONDOC_CONFIG trỏ đến thư mục đó."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """A directory that could take the place of the present one, and what would change."""

    directory: Directory
    changes: tuple[Change, ...]
    action: str
    """For the audit log: agencies.import, agencies.merge, agencies.split."""


def file_of(workplace: Workplace) -> Path:
    return workplace.settings.folder / "agencies" / f"{workplace.province}.toml"


def from_file(workplace: Workplace, path: Path) -> Proposed | NoSuch:
    """The directory of a workbook or a TOML file. Raises ConfigError with the row and the reason."""
    if path.suffix.lower() == ".xlsx":
        from config.agency_sheets import read_workbook

        directory = read_workbook(path, workplace.directory)
    else:
        directory = files.load(path)
    if not any(agency.province == workplace.province for agency in directory.agencies):
        return NoSuch(message=f"{path.name}: không có cơ quan nào của tỉnh “{workplace.province}”.")
    return _proposed(workplace, directory, "agencies.import")


def merging(
    workplace: Workplace, codes: Sequence[str], *, into: str, name: str | None, on: date
) -> Proposed | NoSuch:
    """Several agencies become one; `name` is given where that one is new."""
    known = [_qualified(workplace, code) for code in codes]
    target = _part(workplace, into, name, like=known[0] if known else "")
    if isinstance(target, NoSuch):
        return target
    try:
        return _proposed(workplace, merge(workplace.directory, known, target, on), "agencies.merge")
    except ChangeError as error:
        return NoSuch(message=f"{error}.")


def splitting(
    workplace: Workplace, code: str, parts: Sequence[tuple[str, str | None]], *, on: date
) -> Proposed | NoSuch:
    """One agency becomes several, the first of them the main one: open tasks go to it."""
    whole = _qualified(workplace, code)
    made: list[Agency] = []
    for each, name in parts:
        part = _part(workplace, each, name, like=whole)
        if isinstance(part, NoSuch):
            return part
        made.append(part)
    try:
        return _proposed(workplace, split(workplace.directory, whole, made, on), "agencies.split")
    except ChangeError as error:
        return NoSuch(message=f"{error}.")


def _qualified(workplace: Workplace, code: str) -> str:
    """Codes may be typed without the province that they begin with."""
    full = code if "." in code else f"{workplace.province}.{code}"
    return full if workplace.directory.agency(full) or not workplace.directory.agency(code) else code


def _part(workplace: Workplace, code: str, name: str | None, *, like: str) -> Agency | NoSuch:
    full = _qualified(workplace, code)
    known = workplace.directory.agency(full)
    if known is not None:
        return known if name is None else replace(known, name=name)
    model = workplace.directory.agency(like)
    if model is None:
        return NoSuch(message=f"Không có cơ quan nào mang mã {like}.")
    if name is None:
        return NoSuch(message=f"Không có cơ quan nào mang mã {full}; cơ quan mới phải có tên (MÃ=TÊN).")
    return Agency(
        code=full,
        name=name,
        kind=model.kind,
        province=workplace.province,
        superior=model.superior,
        contacts=model.contacts,
        channels=model.channels,
        working_hours=model.working_hours,
    )


def _proposed(workplace: Workplace, directory: Directory, action: str) -> Proposed:
    return Proposed(directory=directory, changes=difference(workplace.directory, directory), action=action)


def without(workplace: Workplace, address: str) -> Proposed:
    """The directory without an address, wherever it stands."""
    return _proposed(workplace, _without(workplace.directory, address), "agencies.erase")


def _without(directory: Directory, address: str) -> Directory:
    wanted = address.strip().lower()

    def kept(contact: Contact) -> Contact:
        def clear(held: str | None) -> str | None:
            return None if held and held.strip().lower() == wanted else held

        bare = replace(
            contact, email=clear(contact.email), phone=clear(contact.phone), zalo_uid=clear(contact.zalo_uid)
        )
        # Whoever cannot be reached any more is forgotten by name too.
        return bare if bare == contact or bare.reachable else replace(bare, name="", position="")

    changed = [
        replace(agency, contacts=tuple(one for one in map(kept, agency.contacts) if one.reachable or one.name))
        for agency in directory.agencies
        if any(kept(one) != one for one in agency.contacts)
    ]
    return with_agencies(directory, changed)


def put_in_place(
    workplace: Workplace, proposed: Proposed, *, now: datetime, actor: str, copy: bool = True
) -> Path | str | NoSuch:
    """Write the directory, whole or not at all; returns the copy of what it was. Raises ConfigError.

    Open tasks follow at the next refresh, which the daily run begins with. Without `copy` none is kept, as
    where a person is forgotten. Where admins have edited the directory at the desk, it becomes a version there
    and the result says which.
    """
    if AGENCIES in workplace.edits:
        return keep_version(workplace, proposed, expected=None, now=now, actor=actor)
    if workplace.settings.folder.resolve() == PACKAGED.resolve():
        return NoSuch(message=PACKAGED_FOLDER)
    file = file_of(workplace)
    made = file.with_name(f"{file.stem}.moi")
    try:
        files.save(proposed.directory, made)
        files.load(made)
        kept = file.with_name(f"{file.name}.{now:%Y%m%d-%H%M%S}.bak")
        with workplace.database.write() as connection:
            record(
                connection,
                workplace.province,
                at=now,
                actor=actor,
                action=proposed.action,
                subject=f"agencies:{workplace.province}",
                after={
                    "agencies": sorted({change.code for change in proposed.changes})[:200],
                    "changes": len(proposed.changes),
                    "copy": kept.name if copy else None,
                },
            )
            if copy:
                shutil.copy2(file, kept)
            made.replace(file)
    except OSError as error:
        raise ConfigError(
            file=file, field="", value=error.strerror or "", allowed="một thư mục ghi được"
        ) from error
    finally:
        made.unlink(missing_ok=True)
    return kept


REASONS = {
    "agencies.import": "Nhập danh bạ từ tệp",
    "agencies.merge": "Hợp nhất cơ quan",
    "agencies.split": "Tách cơ quan",
    "agencies.erase": "Xóa dữ liệu cá nhân",
    "agencies.edit": "Sửa danh bạ",
}


def keep_version(
    workplace: Workplace, proposed: Proposed, *, expected: int | None, now: datetime, actor: str, reason: str = ""
) -> str | NoSuch:
    """Make the directory hold as a version at the desk; returns how it is called. Raises ConfigError."""
    from flows.steps import editing

    kept = editing.keep(
        workplace,
        AGENCIES,
        files.to_toml(proposed.directory),
        expected=expected,
        reason=reason or REASONS[proposed.action],
        now=now,
        actor=actor,
        **editing.told_changes(proposed.changes),
    )
    return kept if isinstance(kept, NoSuch) else f"phiên bản {kept - 1} tại bàn làm việc"


def forget(workplace: Workplace, address: str) -> int:
    """Take an address out of every version that the desk keeps; returns in how many it stood."""

    def without_it(content: str) -> str:
        directory = files.loads(content, "danh bạ")
        return files.to_toml(_without(directory, address))

    def clean(content: str) -> str:
        # A version that never had the address stays as it was written.
        return without_it(content) if address.strip().lower() in content.lower() else content

    with workplace.database.write() as connection:
        return editions.rewrite(connection, workplace.province, AGENCIES, workplace.seal, clean)


def copy_packaged(folder: Path) -> NoSuch | None:
    """A copy of the packaged configuration to be changed. Raises ConfigError where it cannot be written."""
    if folder.exists() and any(folder.iterdir()):
        return NoSuch(message=f"{folder}: thư mục đã có nội dung; hãy chọn thư mục mới.")
    try:
        shutil.copytree(
            PACKAGED, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "py.typed", "__pycache__")
        )
    except OSError as error:
        raise ConfigError(
            file=folder, field="", value=error.strerror or "", allowed="một thư mục ghi được"
        ) from error
    return None
