"""What every page that edits the configuration shares: keeping, history with differences, going back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff

from starlette.responses import Response

from config import agencies
from config.errors import ConfigError
from deadlines.directory import Directory
from desk.web import edit_words
from desk.web.visit import Visit
from desk.web.words import field_of
from flows.steps import editing
from flows.steps.completing import NoSuch
from flows.steps.workplace import AGENCIES, CALENDAR, POLICIES, TEMPLATE
from store.editions import Edition

SHOWN = 20
"""Versions on one page."""
MOST_LINES = 400
"""Lines of one difference that are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One version and what it changed in the one before."""

    edition: Edition
    lines: tuple[str, ...]
    more: int
    holds: bool


def title_of(part: str) -> str:
    """How a part is called, for people."""
    from flows.steps.wording import EDITABLE

    if part.startswith(CALENDAR):
        return f"Lịch làm việc năm {part.removeprefix(CALENDAR)}"
    if part.startswith(TEMPLATE):
        return EDITABLE.get(part.removeprefix(TEMPLATE), part)
    return {AGENCIES: "Danh bạ cơ quan", POLICIES: "Chính sách nhắc việc"}.get(part, part)


def page_of(part: str) -> str:
    """Where a part is edited."""
    if part.startswith(CALENDAR):
        return f"/calendar?year={part.removeprefix(CALENDAR)}"
    if part.startswith(TEMPLATE):
        return f"/templates/{part.removeprefix(TEMPLATE)}"
    return f"/{part}"


def expected(visit: Visit) -> int | None:
    """The version that a form was made from."""
    found = visit.numbers("version")
    return found[0] if found else None


def after(visit: Visit, kept: object, path: str, told: str = "edited") -> Response:
    """What follows a change: the desk looks at it at once, and open tasks go by it."""
    if isinstance(kept, NoSuch):
        return visit.sorry(kept.message, 409)
    workplace = visit.desk.look_again()
    done = editing.follow(workplace, now=visit.now, today=visit.today)
    return visit.go(path, told if done else "edited_later")


def history(visit: Visit) -> Response:
    """Every version of a part, what it changed, and a button to go back."""
    part = visit.request.path_params["part"]
    if not editing.known(part):
        return visit.sorry("Không có phần cấu hình này.", 404)
    seed = editing.seed(visit.workplace, part)
    return visit.page(
        "history.html",
        part=part,
        title=title_of(part),
        path=page_of(part),
        steps=steps_of(visit, part, seed or ""),
        file=seed is not None,
    )


def steps_of(visit: Visit, part: str, seed: str) -> list[Step]:
    """The last versions of a part, newest first; `seed` is what held before the first."""
    versions = [*editing.history(visit.workplace, part)[: SHOWN + 1]]
    found = []
    for place, edition in enumerate(versions[:SHOWN]):
        before = versions[place + 1].content if place + 1 < len(versions) else None
        lines = difference(part, before if before is not None else seed, edition.content or seed)
        found.append(
            Step(
                edition=edition,
                lines=tuple(lines[:MOST_LINES]),
                more=max(0, len(lines) - MOST_LINES),
                holds=place == 0,
            )
        )
    return found


def difference(part: str, old: str, new: str) -> Sequence[str]:
    """What differs, a line each; of the directory by fields, with addresses masked."""
    if part == AGENCIES:
        before, after = agencies.loads(old, part), agencies.loads(new, part)
        return [
            f"{_named(one.code, after, before)}: {field_of(one.field, one.old)}: {one.old} → {one.new}"
            for one in agencies.difference(before, after)
        ]
    try:
        if told := _in_words(part, old, new):
            return told
    except ConfigError:
        pass  # a version that would not do today is still shown, as its lines
    lines = unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm="")
    # People are shown that something is left out, not how many lines of which file.
    return ["⋮" if line.startswith("@@") else line for line in lines if not line.startswith(("---", "+++"))]


def _in_words(part: str, old: str, new: str) -> Sequence[str]:
    """The same in words, where there are any: of the calendar and the policies."""
    if part == POLICIES:
        return edit_words.of_policies(old, new)
    if part.startswith(CALENDAR):
        return edit_words.of_year(int(part.removeprefix(CALENDAR)), old, new)
    return ()


def _named(code: str, *directories: Directory) -> str:
    """What an agency or a group is called in the first of these that has it."""
    return next((name for one in directories if (name := one.name(code)) != code), code)


def restore(visit: Visit) -> Response:
    """Go back to an earlier version."""
    part = visit.request.path_params["part"]
    asked = visit.numbers("version")
    if not editing.known(part) or not asked:
        return visit.sorry("Không có phần cấu hình hoặc phiên bản này.", 404)
    try:
        kept = editing.restore(visit.workplace, part, asked[0], now=visit.now, actor=visit.actor)
    except ConfigError as error:
        return visit.sorry(f"Không khôi phục được: {error}", 422)
    return after(visit, kept, f"/config/{part}/history", "restored")


__all__ = ["after", "difference", "expected", "history", "page_of", "restore", "steps_of", "title_of"]
