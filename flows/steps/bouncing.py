"""Mails that came back: the address is flagged, and what they said goes another way.

They come from a mailbox that is read, or are handed over by the mail server (`desk.web.bounce_hooks`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from flows.steps.composing import sender
from flows.steps.rerouting import came_back
from flows.steps.workplace import Workplace
from notifiers.bounces import Fate, Report, read
from notifiers.email_message import digest
from notifiers.errors import Scope
from store import directory
from store.audit import record
from store.sent_before import mails_to

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


def receive(workplace: Workplace, raw: bytes, *, now: datetime) -> Counter[Fate]:
    """Take one mail as a mail server hands it over; what its reports say, by fate. Raises StoreError.

    Taking the same mail again changes nothing. An out-of-office answer is recognised and flags nobody.
    """
    found: Counter[Fate] = Counter()
    for report in read(raw, domain=sender(workplace).host):
        hear(workplace, report, now=now)
        found[report.fate] += 1
    return found


def hear(workplace: Workplace, report: Report, *, now: datetime) -> bool:
    """Act on a report; True where one of our mails failed for good because of its address.

    Anybody may write a report, so it counts only for a mail that we did send to that very address. The address
    is flagged, and what the mail said goes to the agency's next address or channel, where there is one.
    """
    lasting = report.failure is not None and report.failure.scope is Scope.RECIPIENT
    if report.fate is not Fate.FAILED or not lasting or not report.recipient:
        return False
    with workplace.database.write() as connection:
        lookup = workplace.seal.lookup(report.recipient)
        message = _ours(connection, workplace, report, lookup, now)
        if message is None:
            return False
        reason = report.reason or report.code
        directory.flag(connection, workplace.province, lookup, reason=reason, now=now)
        came_back(connection, workplace, message, code=report.code, reason=reason, now=now, actor="dondoc")
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


def _ours(
    connection: Connection, workplace: Workplace, report: Report, lookup: str, now: datetime
) -> Row[Any] | None:
    """The mail that a report is about."""
    sent = mails_to(connection, workplace.province, lookup, since=now - LOOK_BACK)
    return next((row for row in sent if digest(row.key) == report.ident), None)
