"""`dondoc report`, `dondoc letter` and `dondoc export`: documents for people, written whole or not at all."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from desk.commands.printing import DONE, Misused, day, fail, misuse, put, shown
from desk.commands.workplace import at_work


def make_report(*, first: str | None, last: str | None, out: str | None) -> int:
    """The four statuses by agency from `first` to `last`, both inclusive; by default the last whole month."""
    from flows.steps.reporting import files_of, month_before, report

    work = at_work()
    try:
        start, end = _period(day(first), day(last), month_before(work.today), work.today)
    except Misused as error:
        return misuse(str(error))
    with work.place.ready().read() as connection:
        found = report(connection, work.place, start, end)
    if not found.lines:
        return fail(f"không có nhiệm vụ nào được theo dõi từ ngày {shown(start)} đến ngày {shown(end)}.")
    folder = Path(out) if out else Path.cwd()
    for file in files_of(work.place, found, now=work.now):
        problem = write(folder / file.name, file.content)
        if problem:
            return fail(problem)
        put(f"Đã ghi {folder / file.name}")
    return DONE


def _period(start: date | None, end: date | None, usual: tuple[date, date], today: date) -> tuple[date, date]:
    if start is None and end is None:
        return usual
    first, last = start or (end or today).replace(day=1), end or today
    if last < first:
        raise Misused("--to phải từ --from trở đi.")
    if last > today:
        raise Misused(f"--to không được ở tương lai; hôm nay là ngày {shown(today)}.")
    return first, last


def make_letter(agency: str, *, on: str | None, out: str | None) -> int:
    """A draft letter that urges one agency; nothing in it is signed."""
    from flows.steps.letters import letter, letter_docx

    work = at_work()
    try:
        when = day(on) or work.today
    except Misused as error:
        return misuse(str(error))
    if work.place.directory.agency(agency) is None:
        return fail(f"danh bạ không có cơ quan {agency}.")
    with work.place.ready().read() as connection:
        made = letter(connection, work.place, agency, when)
    if made is None:
        return fail(f"{work.place.directory.name(agency)} không có nhiệm vụ nào quá hạn hoặc sắp đến hạn.")
    path = Path(out) if out else Path(f"don-doc-{agency.rpartition('.')[2]}-{when:%Y%m%d}.docx")
    problem = write(path, letter_docx(made, work.place.settings.office, now=work.now))
    if problem:
        return fail(problem)
    put(f"Đã ghi dự thảo {path}: {made.late} nhiệm vụ quá hạn, {len(made.rows) - made.late} nhiệm vụ sắp đến hạn.")
    put("Số, ngày và chữ ký để trống cho người có thẩm quyền.")
    return DONE


def export_tasks(file: str) -> int:
    """All tasks that stand today, in the format that the file's name says."""
    from flows.steps.exporting import FORMATS, export, tasks_now

    path = Path(file)
    if path.suffix.lower() not in FORMATS:
        return misuse(f"không xuất được {path.name}; cho phép: {', '.join(FORMATS)}.")
    work = at_work()
    with work.place.ready().read() as connection:
        tasks = tasks_now(connection, work.place, work.today)
    content = export(tasks, path.suffix.lower(), work.place.settings.office, on=work.today, now=work.now)
    problem = write(path, content)
    if problem:
        return fail(problem)
    put(f"Đã ghi {path}: {len(tasks)} nhiệm vụ.")
    return DONE


def write(path: Path, content: bytes) -> str:
    """Put a file in place whole; "" or what went wrong, in Vietnamese."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        return f"không ghi được {path}: {error.strerror}."
    return ""
