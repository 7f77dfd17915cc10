"""`dondoc done` and `dondoc extend`."""

from __future__ import annotations

from desk.commands.printing import DONE, Misused, actor, day, fail, misuse, put, shown
from desk.commands.workplace import at_work
from flows.steps import completing as steps


def mark_done(task: int, *, on: str | None, document: str | None, due: str | None) -> int:
    work = at_work()
    try:
        when = day(on) or work.today
    except Misused as error:
        return misuse(str(error))
    if when > work.today:
        return fail(f"ngày hoàn thành {shown(when)} ở tương lai.")
    result = steps.complete(
        work.place,
        task,
        on=when,
        document=document,
        due_key=due,
        now=work.now,
        today=work.today,
        actor=actor(),
    )
    if isinstance(result, steps.NoSuch):
        return fail(result.message)
    put(f"Nhiệm vụ {task}: đã hoàn thành {'quá hạn' if result.late else 'đúng hạn'}, ngày {shown(when)}.")
    if result.released:
        put(f"Nhiệm vụ được mở theo: {', '.join(map(str, result.released))}.")
    return DONE


def extend_task(task: int, *, to: str, document: str, due: str | None) -> int:
    try:
        new = day(to)
        assert new is not None
    except Misused as error:
        return misuse(str(error))
    work = at_work()
    result = steps.extend(
        work.place,
        task,
        to=new,
        document=document,
        due_key=due,
        now=work.now,
        today=work.today,
        actor=actor(),
    )
    if isinstance(result, steps.NoSuch):
        return fail(result.message)
    put(f"Nhiệm vụ {task}: thời hạn mới là {shown(new)}, theo {document}.")
    return DONE
