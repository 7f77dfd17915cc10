"""The admins' own wordings, where they come from files and from the desk together."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from config.errors import ConfigError
from flows.steps.workplace import Workplace
from notifiers.message import Line, Message, Notice, Urgency
from store.errors import StoreError

EDITABLE = {
    "wording.j2": "Lời văn của thư điện tử",
    "layout.txt.j2": "Khung thư dạng chữ",
    "layout.html.j2": "Khung thư có định dạng",
    "zalo_text.j2": "Tin nhắn Zalo",
    "digest_words.j2": "Lời văn của bản tin đầu ngày",
}
"""The wordings that may be edited at the desk, and what they are for."""

ZALO = "zalo_text.j2"


def folder_of(own: Path, edited: Mapping[str, str], var: Path) -> Path | None:
    """A folder with the files of `own` and, in their place or beside them, those that were edited.

    Where nothing was edited it is `own` itself, or None where there is no such folder. Else it lies under `var`
    and is named by what it holds, so that who renders by it never sees it change.
    """
    if not edited:
        return own if own.is_dir() else None
    files = {path.name: path.read_bytes() for path in sorted(own.glob("*.j2"))} if own.is_dir() else {}
    files |= {name: text.encode() for name, text in edited.items()}
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + content + b"\0")
    made = var / "wording" / digest.hexdigest()[:32]
    return made if made.is_dir() else _written(made, files)


def _written(made: Path, files: Mapping[str, bytes]) -> Path:
    try:
        made.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = Path(tempfile.mkdtemp(dir=made.parent, prefix="."))
        for name, content in files.items():
            (draft / name).write_bytes(content)
        try:
            draft.replace(made)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            # Where another process was faster, what it wrote is the same.
            if not made.is_dir():
                raise
    except OSError as error:
        raise StoreError(f"Không ghi được vào thư mục {made.parent}: {error.strerror}.") from error
    return made


def shipped(name: str) -> str:
    """The wording that comes with the program."""
    import notifiers

    home = Path(notifiers.__file__).parent
    path = home / name if name == ZALO else home / "templates" / name
    return path.read_text(encoding="utf-8")


def standing(workplace: Workplace, name: str) -> str:
    """The wording that holds now."""
    own = workplace.templates / name if workplace.templates else None
    return own.read_text(encoding="utf-8") if own is not None and own.is_file() else shipped(name)


def check_wording(workplace: Workplace, name: str, text: str) -> None:
    """Try a wording on invented notices of every urgency. Raises ConfigError with the line of the first mistake."""
    for notice in _trials(workplace):
        tried(workplace, name, text, notice)
    if name == "digest_words.j2":
        _check_compiles(workplace, name, text)


def tried(workplace: Workplace, name: str, text: str, notice: Notice) -> tuple[Message | None, str]:
    """The notice as a mail and as a Zalo message with this wording. Raises ConfigError."""
    from jinja2 import TemplateError

    from notifiers.render import RenderError, place_of, render
    from notifiers.zalo.text import zalo_text

    moment = datetime.combine(notice.on, workplace.settings.schedule.work_from, workplace.zone)
    try:
        if name == ZALO:
            return None, zalo_text(notice, text)
        folder = folder_of(
            workplace.templates or workplace.settings.folder / "templates", {name: text}, workplace.settings.var
        )
        return render(notice, key="xem-truoc", to="", created=moment, templates=folder, calendar=False), ""
    except RenderError as error:
        raise ConfigError(file=name, field="", value="", allowed=str(error)) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        line = getattr(error, "lineno", None) or place_of(error)[1]
        spot = f"mẫu tin sai (dòng {line}): " if line else "mẫu tin sai: "
        raise ConfigError(file=name, field="", value="", allowed=spot + str(error)[:200]) from error


def _check_compiles(workplace: Workplace, name: str, text: str) -> None:
    from notifiers.render import RenderError, check_templates

    try:
        check_templates(folder_of(workplace.settings.folder / "templates", {name: text}, workplace.settings.var))
    except RenderError as error:
        raise ConfigError(file=name, field="", value="", allowed=str(error)) from error


def _trials(workplace: Workplace) -> list[Notice]:
    """One notice for each urgency, of one task and of two, with and without a link."""
    office = workplace.settings.office
    on = date(2026, 6, 1)
    found = []
    for urgency in Urgency:
        line = Line(
            key="thu",
            urgency=urgency,
            number="1",
            title="Nhiệm vụ dùng để thử mẫu",
            plan="Kế hoạch số 00/KH-UBND",
            deadline_text="Quý II/2026",
            due=on,
            days_left=0,
            note="Ghi chú để thử.",
        )
        for count in (1, 2):
            link = "https://nhacviec.example/a/thu" if count == 1 else None
            found.append(
                Notice(
                    agency=office.name,
                    province=workplace.province,
                    on=on,
                    lines=(line, replace(line, key="thu-2", due=None, days_left=None))[:count],
                    sender=office.name,
                    reply_to=office.reply_to if count == 1 else None,
                    link=link,
                )
            )
    return found
