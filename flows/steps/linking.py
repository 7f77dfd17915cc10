"""Links to an agency's own pages: signed, expiring, good for one agency of one province and nothing else.

Every link of an agency dies when its generation is raised (`revoke`), so that a mail forwarded too far can be
made worthless. The program keeps no list of links: what is signed says it all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode
from sqlalchemy import Connection

from flows.steps.workplace import Workplace
from store import runs
from store.audit import record

PURPOSE = "agency-pages"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearer:
    """Whom a link stands for."""

    agency: str
    token: str


_KEY = "links-key"


def _signer(workplace: Workplace) -> URLSafeTimedSerializer:
    """Signs with the newest key; takes what the one before signed for as long as the settings say."""
    with workplace.database.read() as connection:
        number, since = _key(connection, workplace)
    grace = timedelta(days=workplace.settings.desk.key_grace_days)
    old = [number - 1] if number and since is not None and datetime.now(UTC) < since + grace else []
    return URLSafeTimedSerializer(
        [workplace.seal.sign_key(f"{PURPOSE}/{one}" if one else PURPOSE) for one in (*old, number)],
        salt=PURPOSE,
        signer_kwargs={"digest_method": hashlib.sha256},
    )


def _key(connection: Connection, workplace: Workplace) -> tuple[int, datetime | None]:
    """The number of the signing key, and since when it is used."""
    kept = runs.mark(connection, workplace.province, _KEY)
    number, _, since = (kept or "0 ").partition(" ")
    return int(number), datetime.fromisoformat(since) if since else None


def new_key(connection: Connection, workplace: Workplace, *, now: datetime, actor: str) -> int:
    """Sign with another key from now on; returns its number.

    Links of the key before open during the time of grace, those of older keys no more.
    """
    number, since = _key(connection, workplace)
    runs.set_mark(connection, workplace.province, _KEY, f"{number + 1} {now.astimezone(UTC).isoformat()}")
    record(
        connection,
        workplace.province,
        at=now,
        actor=actor,
        action="links.key",
        subject="keys:links",
        before={"key": number, "since": since.isoformat() if since else None},
        after={"key": number + 1},
    )
    return number + 1


def token_for(workplace: Workplace, agency: str) -> str:
    """A token that opens the pages of `agency` for as long as the settings say."""
    with workplace.database.read() as connection:
        return _signed(workplace, agency, generation(connection, workplace, agency))


def _signed(workplace: Workplace, agency: str, number: int) -> str:
    return str(_signer(workplace).dumps([workplace.province, agency, number]))


def bearer(workplace: Workplace, token: str) -> Bearer | None:
    """Whom a token stands for; None where it is forged, too old, revoked or of another province."""
    try:
        if not _exact(token):
            return None
        said = _signer(workplace).loads(token, max_age=workplace.settings.desk.link_days * 86_400)
        province, agency, number = said
    except (BadData, ValueError, TypeError):
        return None
    if province != workplace.province or workplace.directory.agency(agency) is None:
        return None
    with workplace.database.read() as connection:
        if generation(connection, workplace, agency) != number:
            return None
    return Bearer(agency=agency, token=token)


def _exact(token: str) -> bool:
    """Whether the signature is written in its one form: a lenient reading of base64 would take several."""
    signature = token.rpartition(".")[2]
    return base64_encode(base64_decode(signature)).decode() == signature


def generation(connection: Connection, workplace: Workplace, agency: str) -> int:
    """How often the links of an agency have been revoked."""
    return int(runs.mark(connection, workplace.province, _mark(agency)) or 0)


def _mark(agency: str) -> str:
    # Names of marks are short; a hash keeps two long codes apart.
    return "links." + hashlib.sha256(agency.encode()).hexdigest()[:40]


def revoke(connection: Connection, workplace: Workplace, agency: str, *, now: datetime, actor: str) -> None:
    """Make every link that the agency was ever sent worthless."""
    number = generation(connection, workplace, agency) + 1
    runs.set_mark(connection, workplace.province, _mark(agency), str(number))
    record(connection, workplace.province, at=now, actor=actor, action="links.revoke", subject=f"agency:{agency}")


def agency_link(workplace: Workplace, agency: str) -> str | None:
    """The page with all tasks of an agency; None where the desk has no address that others can reach."""
    base = workplace.settings.desk.base_url
    if not base or workplace.directory.agency(agency) is None:
        return None
    return f"{base}/a/{token_for(workplace, agency)}"


def task_link(workplace: Workplace, agency: str, due_id: int) -> str | None:
    """The page of one due of an agency; None as in `agency_link`."""
    link = agency_link(workplace, agency)
    return due_page(link, due_id) if link else None


def due_page(page: str, due_id: int) -> str:
    """The page of one due beneath an agency's own page."""
    return f"{page}/due/{due_id}"
