"""Mails that came back: the address that does not take them is flagged, so that the agency shows on the list."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from flows.steps.composing import sender
from flows.steps.workplace import Workplace
from notifiers.bounces import Fate, Report
from notifiers.email_message import digest
from notifiers.errors import Scope
from store import directory
from store.audit import record
from store.sent_before import keys_to

LOOK_BACK = timedelta(days=30)
"""How old a mail may be that a report is about; servers give up after five days."""
MOST = 500
"""Mails of the mailbox that one run looks at."""


def collect(workplace: Workplace, *, now: datetime) -> int:
    """Read the configured mailbox and flag what bounced. Returns how many addresses. Raises NotSent, StoreError."""
    from notifiers.bounces_imap import reports

    url = workplace.settings.bounces_url
    if not url:
        return 0
    return sum(
        hear(workplace, report, now=now) for report in reports(url, domain=sender(workplace).host, limit=MOST)
    )


def hear(workplace: Workplace, report: Report, *, now: datetime) -> bool:
    """Flag the address of a report; True where it was one of ours that failed for good.

    Anybody may write a report, so it counts only for a mail that we did send to that very address.
    """
    lasting = report.failure is not None and report.failure.scope is Scope.RECIPIENT
    if report.fate is not Fate.FAILED or not lasting or not report.recipient:
        return False
    with workplace.database.write() as connection:
        lookup = workplace.seal.lookup(report.recipient)
        if not _was_ours(connection, workplace, report, lookup, now):
            return False
        directory.flag(connection, workplace.province, lookup, reason=report.reason or report.code, now=now)
        record(
            connection,
            workplace.province,
            at=now,
            actor="dondoc",
            action="contact.bounced",
            subject=f"contact:{lookup[:12]}",
            after={"code": report.code, "reason": report.reason},
        )
    return True


def _was_ours(connection: Connection, workplace: Workplace, report: Report, lookup: str, now: datetime) -> bool:
    sent = keys_to(connection, workplace.province, lookup, since=now - LOOK_BACK)
    return any(digest(key) == report.ident for key in sent)
