"""Merging, splitting, exporting and importing the directory: the same steps as the command line takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.responses import Response

from config import agencies as files
from config.errors import ConfigError
from desk.web import edits
from desk.web.agency_forms import code_from, several
from desk.web.directory_pages import NOT_FOUND, own
from desk.web.directory_preview import foreseen
from desk.web.tasks import agency_choices, needed_day
from desk.web.visit import Visit, Wrong
from flows.steps import directing, editing
from flows.steps.completing import NoSuch
from flows.steps.directing import Proposed
from flows.steps.reviewing import place_for_uploads
from flows.steps.workplace import AGENCIES
from store.audit import record

KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".toml": "application/toml",
}
PARTS = 4
_KEPT = re.compile(r"[0-9a-f]{64}\.(xlsx|toml)")


def merge_form(visit: Visit) -> Response:
    return visit.page("agency_merge.html", agencies=agency_choices(visit), typed={}, **_version(visit))


def merge(visit: Visit) -> Response:
    """Show what merging would change; with `apply`, do it."""
    codes = several(visit, "code")
    on = needed_day(visit, "on", "Ngày đầu tiên theo tên mới")
    into, name = _chosen(visit, "into", "name")
    found = directing.merging(visit.workplace, codes, into=into, name=name, on=on)
    back = [("code", code) for code in codes] + [("into", into), ("name", name or ""), ("on", on.isoformat())]
    return _shown_or_kept(visit, found, "Hợp nhất cơ quan", back)


def split_form(visit: Visit) -> Response:
    agency = own(visit, visit.request.path_params["agency"])
    if agency is None:
        return visit.sorry(NOT_FOUND, 404)
    choices = agency_choices(visit)
    return visit.page("agency_split.html", agency=agency, agencies=choices, parts=range(PARTS), **_version(visit))


def split(visit: Visit) -> Response:
    """Show what splitting would change; with `apply`, do it."""
    agency = own(visit, visit.request.path_params["agency"])
    if agency is None:
        return visit.sorry(NOT_FOUND, 404)
    on = needed_day(visit, "on", "Ngày đầu tiên theo tên mới")
    parts = [
        _chosen(visit, f"into-{place}", f"name-{place}")
        for place in range(PARTS)
        if visit.text(f"into-{place}") or visit.text(f"name-{place}")
    ]
    found = directing.splitting(visit.workplace, agency.code, parts, on=on)
    back = [("on", on.isoformat())]
    for place, (code, name) in enumerate(parts):
        back += [(f"into-{place}", code), (f"name-{place}", name or "")]
    return _shown_or_kept(visit, found, f"Tách {agency.name}", back)


def _chosen(visit: Visit, into: str, name: str) -> tuple[str, str | None]:
    """An agency that is chosen, or a new one by its name."""
    code, named = visit.text(into), visit.text(name, longest=300)
    if not code and not named:
        raise Wrong("Chưa chọn cơ quan nhận nhiệm vụ và cũng chưa ghi tên cơ quan mới.")
    if visit.workplace.directory.agency(code) is not None:
        return code, None
    return code or code_from(named, visit.province, visit.workplace.directory), named


def _version(visit: Visit) -> dict[str, int]:
    return {"version": editing.standing(visit.workplace, AGENCIES)}


def _shown_or_kept(
    visit: Visit, found: Proposed | NoSuch, reason: str, back: Sequence[tuple[str, str]], to: str = ""
) -> Response:
    if isinstance(found, NoSuch):
        return visit.sorry(found.message, 422)
    if visit.text("apply") != "1":
        return foreseen(
            visit,
            found,
            reason,
            back,
            to or visit.request.url.path,
            version=editing.standing(visit.workplace, AGENCIES),
        )
    if not found.changes:
        return visit.go("/agencies", "unchanged")
    kept = directing.keep_version(
        visit.workplace, found, expected=edits.expected(visit), now=visit.now, actor=visit.actor, reason=reason
    )
    return edits.after(visit, kept, "/agencies")


def export(visit: Visit) -> Response:
    """The whole directory as a file. It has addresses in clear, so that the log says who took it."""
    ending = "." + visit.request.path_params["ending"]
    if ending not in KINDS:
        return visit.sorry("Danh bạ chỉ xuất ra .xlsx hoặc .toml.", 404)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"danh-ba{ending}"
        if ending == ".xlsx":
            from config.agency_sheets import write_workbook

            write_workbook(visit.workplace.directory, path)
        else:
            files.save(visit.workplace.directory, path)
        content = path.read_bytes()
    with visit.workplace.database.write() as connection:
        record(
            connection,
            visit.province,
            at=visit.now,
            actor=visit.actor,
            action="agencies.export",
            subject="config:agencies",
            after={"file": f"danh-ba{ending}", "agencies": len(visit.workplace.directory.agencies)},
        )
    headers = {"content-disposition": f'attachment; filename="danh-ba{ending}"'}
    return Response(content, media_type=KINDS[ending], headers=headers)


def import_form(visit: Visit) -> Response:
    return visit.page("agency_import.html", wrong="")


def upload(visit: Visit) -> Response:
    """Keep the file and show what it would change."""
    file = visit.upload("file")
    ending = Path(file.filename or "").suffix.lower() if file else ""
    if file is None or ending not in KINDS:
        return visit.page("agency_import.html", 422, wrong="Chọn tệp danh bạ có đuôi .xlsx hoặc .toml.")
    data = file.file.read()
    name = hashlib.sha256(data).hexdigest() + ending
    (place_for_uploads(visit.workplace) / name).write_bytes(data)
    return _from_upload(visit, name)


def apply_import(visit: Visit) -> Response:
    return _from_upload(visit, visit.text("file"))


def _from_upload(visit: Visit, name: str) -> Response:
    path = visit.workplace.settings.var / "uploads" / name
    if not _KEPT.fullmatch(name) or not path.is_file():
        return visit.sorry("Không còn tệp này; hãy chọn lại tệp.", 404)
    try:
        found: Any = directing.from_file(visit.workplace, path)
    except ConfigError as error:
        path.unlink(missing_ok=True)
        wrong = f"Tệp chưa dùng được: {error.field or 'cả tệp'}: cần {error.allowed}."
        return visit.page("agency_import.html", 422, wrong=wrong)
    answer = _shown_or_kept(visit, found, "Nhập danh bạ từ tệp", [("file", name)], "/agencies/import/apply")
    if visit.text("apply") == "1" or isinstance(found, NoSuch):
        path.unlink(missing_ok=True)
    return answer
