"""`dondoc event …`: the ledger of issued documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desk.commands.printing import DONE, Misused, actor, day, fail, misuse, put, put_json, put_table, shown
from desk.commands.workplace import AtWork, at_work
from flows.emitting import emit_recorded
from flows.steps import events as steps
from flows.steps.events import Proposal
from store import events
from store.dues import Moved
from store.events import EventRecord


def add_event(
    *,
    issuer: str,
    instrument: str,
    on: str,
    subject: str,
    number: str | None,
    link: str | None,
    release: Sequence[str],
    json: bool,
) -> int:
    """Record an event; release the named tasks, or propose which ones it may release."""
    try:
        issued = day(on)
        assert issued is not None
        wanted = _wanted(release)
    except Misused as error:
        return misuse(str(error))
    work = at_work()
    event = EventRecord(
        issuer=issuer.strip(),
        instrument=instrument.strip(),
        number=number,
        on_date=issued,
        subject=subject.strip(),
        link=link,
    )
    with work.place.ready().read() as connection:
        proposals = steps.propose(connection, work.place.province, event)
        held = steps.waiting_terms(connection, work.place.province)
    pairs = (
        [(one.held.task_id, one.held.term) for one in proposals]
        if wanted is None
        else [(one.task_id, one.term) for one in held if one.task_id in wanted]
    )
    missing = (wanted or set()) - {task for task, _ in pairs}
    if missing:
        return fail(f"nhiệm vụ {', '.join(map(str, sorted(missing)))} không chờ văn bản nào; chưa ghi gì.")
    number_in_ledger = steps.record_event(work.place, event, now=work.now, actor=actor())
    moved: list[Moved] = []
    if pairs:
        moved = steps.confirm(
            work.place,
            number_in_ledger,
            pairs,
            on=issued,
            now=work.now,
            today=work.today,
            actor=actor(),
        )
    emit_recorded(work.place, number_in_ledger)
    if json:
        put_json(_told(number_in_ledger, proposals, pairs, moved))
        return DONE
    put(f"Đã ghi vào sổ, số {number_in_ledger}.")
    _show(proposals, pairs)
    return DONE


def _wanted(release: Sequence[str]) -> set[int] | None:
    """The task ids to release; None for all that are proposed. Raises Misused."""
    if list(release) == ["all"]:
        return None
    try:
        return {int(one) for one in release}
    except ValueError as error:
        raise Misused("--release cần mã nhiệm vụ (số) hoặc all.") from error


def _told(
    number: int, proposals: Sequence[Proposal], pairs: Sequence[tuple[int, int]], moved: Sequence[Moved]
) -> dict[str, Any]:
    return {
        "event": number,
        "released": sorted({task for task, _ in pairs}),
        "dates_changed": len(moved),
        "proposals": [
            {
                "task": one.held.task_id,
                "term": one.held.term,
                "title": one.held.waiting.title,
                "score": round(one.candidate.score, 3),
                "reasons": list(one.candidate.reasons),
            }
            for one in proposals
        ],
    }


def _show(proposals: Sequence[Proposal], pairs: Sequence[tuple[int, int]]) -> None:
    if pairs:
        put(f"Đã mở {len({task for task, _ in pairs})} nhiệm vụ.")
        return
    if not proposals:
        put("Không có nhiệm vụ nào đang chờ văn bản này.")
        return
    put_table(
        "Các nhiệm vụ có thể đang chờ văn bản này; xác nhận bằng cách chạy lại với --release",
        ("Mã", "Nội dung", "Khớp", "Lý do"),
        (
            (
                str(one.held.task_id),
                one.held.waiting.title,
                f"{one.candidate.score:.0%}",
                "; ".join(one.candidate.reasons),
            )
            for one in proposals
        ),
    )


def list_events(*, json: bool) -> int:
    work = at_work()
    with work.place.ready().read() as connection:
        rows = events.all_events(connection, work.place.province)
    if json:
        put_json(
            {
                "events": [
                    {
                        "event": row.id,
                        "issuer": row.issuer,
                        "instrument": row.instrument,
                        "number": row.number,
                        "on": row.on_date,
                        "subject": row.subject,
                        "released": row.released,
                    }
                    for row in rows
                ]
            }
        )
        return DONE
    put_table(
        f"{len(rows)} văn bản",
        ("Số", "Ngày", "Cơ quan ban hành", "Văn bản", "Trích yếu", "Đã mở"),
        (
            (
                str(row.id),
                shown(row.on_date),
                row.issuer,
                f"{row.instrument} {row.number or ''}".strip(),
                row.subject,
                str(row.released),
            )
            for row in rows
        ),
    )
    return DONE


def _standing(work: AtWork, number: int) -> bool:
    with work.place.ready().read() as connection:
        return events.find_event(connection, work.place.province, number) is not None


def correct_event(number: int, *, on: str) -> int:
    try:
        right = day(on)
        assert right is not None
    except Misused as error:
        return misuse(str(error))
    work = at_work()
    if not _standing(work, number):
        return fail(f"sổ không có văn bản số {number}.")
    moved = steps.correct(work.place, number, right, now=work.now, today=work.today, actor=actor())
    emit_recorded(work.place, number)
    put(f"Đã sửa ngày ban hành thành {shown(right)}; {len(moved)} thời hạn đổi theo.")
    return DONE


def withdraw_event(number: int) -> int:
    work = at_work()
    if not _standing(work, number):
        return fail(f"sổ không có văn bản số {number}.")
    moved = steps.withdraw(work.place, number, now=work.now, today=work.today, actor=actor())
    emit_recorded(work.place, number)
    put(f"Đã rút văn bản số {number}; {len(moved)} thời hạn không còn áp dụng, nhiệm vụ trở lại trạng thái chờ.")
    return DONE
