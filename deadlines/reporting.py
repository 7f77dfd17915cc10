"""The reporting days of a task that has no end of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from deadlines import steps
from deadlines.counting import first_from, report_days, shift
from deadlines.drafts import Draft, Known, Unfolded, range_days
from deadlines.types import MonthDay, Ongoing, OpenStart, Range, Term, Track


def reports(known: Known, out: Unfolded) -> None:
    """One row of reporting days for a deadline, however many of its terms have no end."""
    terms = known.deadline.terms
    at = next((at for at, term in enumerate(terms) if isinstance(term, OpenStart | Ongoing)), None)
    if at is None:
        return
    begun = max([_report_start(terms, known), *filter(None, (known.issued, known.gates.opened))])
    stop = _stop(terms, known.issued)
    first, last = known.window(at)
    end = min(last, stop) if stop else last
    days = tuple(_report_drafts(at, begun, first, end, known))
    out.drafts.extend(days)
    out.endless |= stop is None or stop > known.until
    coming = next((draft.on for draft in days if draft.on >= known.since), None)
    if coming:
        out.steps.append(steps.reporting(coming))


def _report_start(terms: tuple[Term, ...], known: Known) -> date:
    """An open start says when the work begins, also for a "thường xuyên" that stands beside it."""
    starts: list[date] = []
    for term in terms:
        if isinstance(term, OpenStart):
            day = term.start
            if isinstance(day, MonthDay):
                day = first_from(day, known.issued) if known.issued else date.max
            starts.append(day)
    if starts:
        return min(starts)
    return min((term.start or date.min for term in terms if isinstance(term, Ongoing)), default=date.min)


def _report_drafts(at: int, begun: date, first: date, last: date, known: Known) -> Iterator[Draft]:
    for report in report_days(known.counting, max(first, shift(begun, 1)), last):
        yield Draft(key=f"t{at}:{report.period}", term=at, track=Track.REPORT, on=report.on, repeats=True)


def _stop(terms: tuple[Term, ...], issued: date | None) -> date | None:
    """Where a range stands beside "thường xuyên", reports end with it."""
    spans = (range_days(term, issued) for term in terms if isinstance(term, Range))
    return max((span[1] for span in spans if span is not None), default=None)
