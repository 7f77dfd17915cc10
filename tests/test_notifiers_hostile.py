"""Hostile words in every place that a plan, the directory or the settings can fill.

The mail stays well-formed for a strict parser, nothing new appears among its headers, and what was printed in
the plan can be read in it.
"""

from __future__ import annotations

import html as markup
import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from openpyxl import load_workbook

from notifiers.email_message import build
from notifiers.message import Attachment, Message, Sender, Urgency
from notifiers.render import render
from notifiers.render_clean import block, line
from tests.mail_samples import CREATED, SENDER, message, notice
from tests.mail_samples import line as task

HOSTILE = {
    "CR LF": "Sở Y tế\r\nBcc: kẻ-lạ@xấu.example\r\n\r\nThân giả",
    "bare LF": "Sở Y tế\nBcc: x@y.example",
    "bare CR": "Sở Y tế\rBcc: x@y.example",
    "NUL": "Sở\x00 Y tế",
    "C1 and line separators": "Sở\x85Y\u2028tế\u2029x\x9b31m",
    "escape sequence": "\x1b[31mđỏ\x1b[0m",
    "bidi": "Kế hoạch \u202egpj.exe\u202c \u2066ẩn\u2069 \u200f",
    "zero width": "Sở\u200b Y\u200c \u200dtế\ufeff",
    "unicode tags": "Sở Y tế\U000e0041\U000e0042",
    "half a surrogate": "Sở \ud800 Y tế",
    "jinja": "{{ 7*7 }} {% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %} {# ẩn #}",
    "html": '<script>alert(1)</script><img src="https://x.example/a.png" onerror=alert(1)>"\'&amp;</table>',
    "style": "</style><style>body{display:none}</style><!-- -->",
    "conditional comment": "<!--[if mso]><p>x</p><![endif]-->",
    "encoded word": "=?utf-8?b?QmNjOiB4QHkuZXhhbXBsZQ==?=",
    "quotes and angles": 'A "B" <c@d.example>, e@f.example; (g) \\',
    "ics": "Họp;ATTACH:https://x.example\\nBEGIN:VEVENT,\\",
    "formula": '=HYPERLINK("https://x.example","bấm")',
    "formula 2": "@SUM(1+1)*cmd|' /C calc'!A0",
    "decomposed": "So\u031b\u0309 Y te\u0302\u0301",
    "10,000 characters": "Xây dựng đề án " * 667,
    "10,000 without a blank": "ạ" * 10_000,
    "dots": ".\r\n.\r\nQUIT\r\n",
    "letters that look alike": "Ѕở Υ tế, Кế hоạch 12/KH-UВND",
    "combining marks without end": "Sở Y tế" + "\u0301" * 500,
    "emoji of several parts": "Họp 👨\u200d👩\u200d👧 🇻🇳 ✔\ufe0f",
    "blanks": "   \t \u3000 \u00a0",
}
LINKS = [
    "javascript:alert(1)",
    "data:text/html,x",
    'https://x.example/"onmouseover="a',
    "\njavascript:x",
    "https://a b",
]
ALLOWED = {
    "date", "from", "organization", "list-id", "to", "subject", "message-id", "reply-to", "auto-submitted",
    "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip
STRICT = policy.default.clone(raise_on_defect=True)


def hostile_message(words: str) -> Message:
    lines = tuple(
        task(words, urgency=urgency, number=words, plan=words, deadline_text=words, product=words, note=words,
             lead=words, role="coordinating", key=f"{words}{urgency}", link=f"https://x.example/{words}")
        for urgency in Urgency
    )  # fmt: skip
    given = notice(*lines, agency=words, province=words, sender=words, addressed_to=words, link=words)
    return render(given, key=words, to="vanthu@soyte.example", to_name=words, created=CREATED, references=(words,))


def parsed(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=STRICT)
    assert isinstance(mail, EmailMessage)
    for part in mail.walk():
        assert part.defects == []
        _ = {name: str(value) for name, value in part.items()}
    return mail


@pytest.mark.parametrize("name", HOSTILE)
def test_the_mail_stays_well_formed_and_says_what_was_printed(name: str) -> None:
    words = HOSTILE[name]
    raw = build(
        hostile_message(words), replace(SENDER, name=words, organisation=words, list_id=words, domain=words)
    )
    mail = parsed(raw)
    assert {header.lower() for header in mail} <= ALLOWED
    assert len(mail.get_all("to", [])) == len(mail.get_all("subject", [])) == 1
    assert [address.addr_spec for address in mail["to"].addresses] == ["vanthu@soyte.example"]
    assert [address.addr_spec for address in mail["from"].addresses] == [SENDER.address]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert line(words) in line(text)
    assert line(words) in line(lxml_html.fromstring(page).text_content())
    assert max(len(row) for row in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize("name", HOSTILE)
def test_html_gains_no_element_attribute_or_address(name: str) -> None:
    page = hostile_message(HOSTILE[name]).html
    tree = lxml_html.fromstring(page)
    assert not tree.xpath("//script | //img | //iframe | //link | //object | //form | //*[@src]")
    assert not [key for element in tree.iter() for key in getattr(element, "attrib", {}) if key.startswith("on")]
    assert all(href.startswith("https://") for href in tree.xpath("//a/@href"))
    assert len(tree.xpath("//style")) == 1
    assert not re.search(r"url\(|@import", page)


@pytest.mark.parametrize("name", HOSTILE)
def test_calendar_stays_one_event_a_line(name: str) -> None:
    given = hostile_message(HOSTILE[name])
    ics = next(item for item in given.attachments if item.name.endswith(".ics"))
    events = icalendar.Calendar.from_ical(ics.content).walk("VEVENT")
    assert len(events) == len(Urgency) - 1
    known = ["UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "TRANSP", "URL"]
    assert all(set(event) <= set(known) for event in events)
    assert all(len(row) <= 75 for row in ics.content.split(b"\r\n"))


@pytest.mark.parametrize("name", HOSTILE)
def test_sheet_holds_strings_only(name: str) -> None:
    words = HOSTILE[name]
    many = notice(*(task(words, key=str(n), number=words, note=words, plan=words) for n in range(51)), agency=words)
    sheet = next(
        item
        for item in render(many, key="k", to="a@b.example", created=CREATED).attachments
        if item.name.endswith(".xlsx")
    )
    page = load_workbook(BytesIO(sheet.content)).active
    assert page is not None
    cells = [cell for row in page.iter_rows(min_row=5) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not page.hyperlinks if hasattr(page, "hyperlinks") else True
    assert line(str(page["C5"].value or "")) == line(words)


@pytest.mark.parametrize("link", LINKS)
def test_only_web_links_become_links(link: str) -> None:
    given = render(notice(task(link=link), link=link), key="k", to="a@b.example", created=CREATED)
    for href in lxml_html.fromstring(given.html).xpath("//a/@href"):
        assert href.startswith("https://")
        assert not re.search(r"[\s\"<>]", href)
    assert "javascript:" not in markup.unescape(given.html)


@pytest.mark.parametrize("name", HOSTILE)
def test_attachment_names_and_types(name: str) -> None:
    words = HOSTILE[name]
    item = Attachment(name=words, mime=words, content=b"x")
    mail = parsed(build(message(attachments=(item,), references=(words, f"<{words}@b.example>")), SENDER))
    attached = next(iter(mail.iter_attachments()))
    assert attached.get_content_type() == "application/octet-stream"
    assert "/" not in (attached.get_filename() or "")
    assert {header.lower() for header in mail} <= ALLOWED | {"references", "in-reply-to"}


@given(st.text(max_size=300), st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_well_formed_mail(subject: str, name: str) -> None:
    sender = Sender(address="a@b.example", name=name, organisation=subject, list_id=name)
    mail = parsed(build(message(name, subject=subject, text=subject, html="", to_name=name), sender))
    assert {header.lower() for header in mail} <= ALLOWED
    if len(line(subject)) <= 200:
        assert line(str(mail["subject"])) == line(subject)
    assert mail.get_content().replace("\r\n", "\n") == block(subject)


def test_a_year_like_9999_and_no_date_render() -> None:
    given = notice(task(due=date(9999, 12, 30)), task("b", due=None, urgency=Urgency.NEW))
    assert "30/12/9999" in render(given, key="k", to="a@b.example", created=CREATED).text
