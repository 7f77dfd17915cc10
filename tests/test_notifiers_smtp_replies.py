"""The table of SMTP replies: every row is reachable, and replies seen in the wild mean what they should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.smtp_replies import TABLE, Stage, judge, lost, row_for, shown

R, M, C = Scope.RECIPIENT, Scope.MESSAGE, Scope.CHANNEL

# Replies as Postfix, Exim, Exchange, Gmail and others word them; addresses and names are invented.
SEEN = [
    (Stage.CONNECT, 421, "4.3.2 Service shutting down", Unavailable, C),
    (Stage.CONNECT, 554, "5.7.1 Client host blocked", Refused, C),
    (Stage.CONNECT, 521, "host does not accept mail", Refused, C),
    (Stage.HELLO, 450, "4.7.1 Helo command rejected: Host not found", Unavailable, C),
    (Stage.HELLO, 550, "5.7.1 Helo rejected", Refused, C),
    (Stage.STARTTLS, 454, "4.7.0 TLS not available due to local problem", Unavailable, C),
    (Stage.STARTTLS, 502, "5.5.1 not implemented", Unavailable, C),
    (Stage.AUTH, 535, "5.7.8 Error: authentication failed", Refused, C),
    (Stage.AUTH, 534, "5.7.9 Application-specific password required", Refused, C),
    (Stage.AUTH, 454, "4.7.0 Temporary authentication failure", Unavailable, C),
    (Stage.AUTH, 432, "4.7.12 A password transition is needed", Unavailable, C),
    (Stage.MAIL, 530, "5.7.0 Must issue a STARTTLS command first", Refused, C),
    (Stage.MAIL, 530, "5.7.57 Client not authenticated to send mail", Refused, C),
    (Stage.MAIL, 552, "5.3.4 Message size exceeds fixed limit", Refused, M),
    (Stage.MAIL, 452, "4.3.1 Insufficient system storage", Unavailable, C),
    (Stage.MAIL, 450, "4.7.1 Error: too much mail from 192.0.2.7", Unavailable, C),
    (Stage.MAIL, 553, "5.7.1 Sender address rejected: not owned by user", Refused, C),
    (Stage.MAIL, 550, "5.6.7 SMTPUTF8 required", Refused, R),
    (Stage.RCPT, 550, "5.1.1 The email account that you tried to reach does not exist", Refused, R),
    (Stage.RCPT, 550, "No such user here", Refused, R),
    (Stage.RCPT, 553, "5.1.3 Bad recipient address syntax", Refused, R),
    (Stage.RCPT, 556, "5.1.10 Domain does not accept mail (nullMX)", Refused, R),
    (Stage.RCPT, 552, "5.2.2 Mailbox full", Refused, R),
    (Stage.RCPT, 452, "4.2.2 Mailbox full", Unavailable, R),
    (Stage.RCPT, 450, "4.2.0 Recipient address rejected: Greylisted", Unavailable, R),
    (Stage.RCPT, 451, "4.7.1 Greylisting in action, please come back later", Unavailable, R),
    (Stage.RCPT, 450, "4.1.2 Recipient address rejected: Domain not found", Unavailable, R),
    (Stage.RCPT, 554, "5.7.1 Relay access denied", Refused, C),
    (Stage.RCPT, 454, "4.7.1 Relay access denied", Unavailable, C),
    (Stage.RCPT, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain", Refused, C),
    (Stage.RCPT, 550, "5.7.1 Recipient not allowed by policy", Refused, R),
    (Stage.RCPT, 452, "4.5.3 Too many recipients", Unavailable, R),
    (Stage.RCPT, 530, "5.7.0 Authentication required", Refused, C),
    (Stage.DATA, 554, "5.5.1 Error: no valid recipients", Refused, M),
    (Stage.DATA, 451, "4.3.0 queue file write error", Unavailable, C),
    (Stage.DOT, 552, "5.3.4 Message too big", Refused, M),
    (Stage.DOT, 554, "5.7.1 Message contains spam", Refused, M),
    (Stage.DOT, 550, "5.7.26 Unauthenticated mail is not accepted", Refused, M),
    (Stage.DOT, 550, "5.1.1 User unknown", Refused, R),
    (Stage.DOT, 552, "5.2.2 Over quota", Refused, M),
    (Stage.DOT, 452, "4.3.1 Out of disk", Unavailable, C),
    (Stage.DOT, 451, "4.7.1 Greylisted", Unavailable, M),
    (Stage.DOT, 421, "4.7.28 Rate limited", Unavailable, C),
    (Stage.DOT, 250, "never judged so", Unconfirmed, M),
    (Stage.DOT, -1, "hello", Unconfirmed, M),
    (Stage.RCPT, -1, "hello", Unavailable, C),
]


@pytest.mark.parametrize(("stage", "code", "text", "error", "scope"), SEEN)
def test_replies_seen(stage: Stage, code: int, text: str, error: type[NotSent], scope: Scope) -> None:
    meant = judge(stage, code, text)
    assert type(meant) is error
    assert meant.scope is scope


def test_greylisting_says_when_to_come_back() -> None:
    meant = judge(Stage.RCPT, 451, "4.7.1 Greylisted")
    assert isinstance(meant, Unavailable)
    assert meant.retry_after == 300


def test_every_row_decides_something() -> None:
    enhanced = ["", *(f"{c}.{a}.{b}" for c in (4, 5) for a in range(8) for b in (*range(11), 26, 54))]
    texts = ["", "Relay access denied"]
    decided = {
        id(row_for(stage, code, status, text))
        for stage in Stage
        for code in range(400, 600)
        for status in enhanced
        for text in texts
    }
    assert [row.pattern for row in TABLE if id(row) not in decided] == []


@given(
    st.sampled_from([stage for stage in Stage if stage is not Stage.BODY]),
    st.integers(400, 599),
    st.text(max_size=60),
)
def test_every_refusal_has_a_meaning(stage: Stage, code: int, text: str) -> None:
    meant = judge(stage, code, text)
    assert not isinstance(meant, Unconfirmed)
    assert isinstance(meant, Refused) == (code >= 500 and stage is not Stage.STARTTLS)
    assert meant.code is not None
    assert meant.code.startswith(str(code))
    assert "\n" not in meant.reason
    assert len(meant.reason) < 320


@pytest.mark.parametrize("stage", Stage)
def test_only_after_the_dot_is_a_loss_unconfirmed(stage: Stage) -> None:
    assert isinstance(lost(stage, "x"), Unconfirmed) == (stage is Stage.DOT)


def test_addresses_do_not_stand_whole_in_reasons() -> None:
    assert "vanthu" not in shown("<vanthu@soyte.example>: Recipient address rejected")
    assert "vanthu" not in judge(Stage.RCPT, 550, "5.1.1 <vanthu@soyte.example>: no").reason
