"""Reports as Postfix, Exchange and people's mail programs write them; names and words are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.bounces import Fate, read
from notifiers.email_message import digest, message_id
from notifiers.errors import Refused, Scope

DOMAIN = "vp.minhson.example"
OURS = message_id("k1", DOMAIN)


def report(
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <vanthu@soyte.example>: no",
    original: str = OURS,
    line_end: str = "\r\n",
) -> bytes:
    text = f"""From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: nhacviec@{DOMAIN}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Message-ID: <20260601073000.ABCDEF@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you.

--B1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon,  1 Jun 2026 07:30:00 +0700 (+07)

Final-Recipient: rfc822; vanthu@soyte.example
Original-Recipient: rfc822;vanthu@soyte.example
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--B1
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: nhacviec@{DOMAIN}
Subject: =?utf-8?b?W8SQw7RuIMSR4buRY10=?=
Message-ID: {original}

--B1--
"""
    return text.replace("\n", line_end).encode()


AWAY = f"""From: "Nguyễn Văn Mẫu" <mau@soyte.example>
To: nhacviec@{DOMAIN}
Subject: {{subject}}
In-Reply-To: {OURS}
References: {OURS}
{{extra}}Content-Type: text/plain; charset=utf-8

Tôi đi công tác đến hết tuần.
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_failure_is_the_error_it_would_have_been(line_end: str) -> None:
    (got,) = read(report(line_end=line_end), domain=DOMAIN)
    assert got.fate is Fate.FAILED
    assert got.ident == digest("k1")
    assert got.message_id == OURS
    assert got.recipient == "vanthu@soyte.example"
    assert got.code == "5.1.1"
    assert isinstance(got.failure, Refused)
    assert got.failure.scope is Scope.RECIPIENT
    assert got.failure.code == "550 5.1.1"
    assert "vanthu" not in got.reason


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "fate", "words"),
    [
        ("delayed", "4.4.1", "smtp; connect to mx2.example: Connection timed out", Fate.DELAYED, "timed out"),
        ("delivered", "2.0.0", "smtp; 250 ok", Fate.DELIVERED, ""),
        ("relayed", "2.0.0", "smtp; 250 ok", Fate.DELIVERED, ""),
        ("failed", "5.2.2", "smtp; 552 5.2.2 Mailbox full", Fate.FAILED, "đã đầy"),
        ("failed", "5.4.4", "X-Postfix; Host or domain name not found", Fate.FAILED, "Tên miền"),
        ("failed", "4.4.1", "X-Postfix; delivery temporarily suspended", Fate.FAILED, "5.4.1"),
        ("failed", "", "", Fate.FAILED, "không nhận thư"),
    ],
)
def test_what_reports_say(action: str, status: str, diagnostic: str, fate: Fate, words: str) -> None:
    (got,) = read(report(action, status, diagnostic), domain=DOMAIN)
    assert got.fate is fate
    assert words in got.reason


def test_only_our_mails_are_reported_on() -> None:
    assert read(report(original="<abc@elsewhere.example>"), domain=DOMAIN) == ()
    assert read(report(original=message_id("k1", "elsewhere.example")), domain=DOMAIN) == ()
    assert read(report(action="smiled"), domain=DOMAIN) == ()


@pytest.mark.parametrize(
    ("subject", "extra"),
    [
        ("Re: nhắc việc", "Auto-Submitted: auto-replied (vacation)\n"),
        ("Re: nhắc việc", "X-Autoreply: yes\n"),
        ("Trả lời tự động: nhắc việc", ""),
        ("=?utf-8?b?VHLhuqMgbOG7nWkgdOG7sSDEkeG7mW5nOiB2aeG7h2M=?=", ""),
        ("Automatic reply: nhắc việc", ""),
        ("Out of office", ""),
    ],
)
def test_out_of_office(subject: str, extra: str) -> None:
    (got,) = read(AWAY.format(subject=subject, extra=extra).encode(), domain=DOMAIN)
    assert got.fate is Fate.AWAY
    assert got.recipient == "mau@soyte.example"
    assert got.ident == digest("k1")
    assert got.failure is None


def test_a_person_who_answers_is_no_report() -> None:
    assert read(AWAY.format(subject="Re: nhắc việc", extra="").encode(), domain=DOMAIN) == ()
    assert (
        read(AWAY.format(subject="Out of office", extra="").replace(OURS, "<a@b.example>").encode(), domain=DOMAIN)
        == ()
    )


@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    read(raw, domain=DOMAIN)
    read(report()[:400] + raw + report()[400:], domain=DOMAIN)


@given(st.integers(0, 1400))
def test_a_cut_report_is_read(cut: int) -> None:
    assert all(got.ident == digest("k1") for got in read(report()[:cut], domain=DOMAIN))
