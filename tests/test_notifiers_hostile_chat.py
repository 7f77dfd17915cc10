"""Hostile words, addresses and settings by Zalo and by the chat services of Apprise.

What arrives is read by parsers that we did not write (json, the fake's own reading of it): nobody else gets it,
nothing invisible is in it, it keeps its length, and it says what was printed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest

from notifiers.apprise_url import AppriseChannel, without_mentions
from notifiers.channel import ChannelError, open_channel
from notifiers.email_settings import parse_smtp_url
from notifiers.errors import NotSent, Refused, Scope
from notifiers.message import Message, Urgency
from notifiers.render_clean import line, shorten
from notifiers.zalo.templates import Param, Template
from notifiers.zalo.text import zalo_fields, zalo_text
from tests.mail_samples import SENDER, notice
from tests.mail_samples import line as task
from tests.mail_samples import message as mail
from tests.test_notifiers_hostile import HOSTILE
from tests.zalo_samples import TEMPLATE, TO, URLS, Office, message, office

UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def invisible(text: str) -> list[str]:
    return [mark for mark in text if unicodedata.category(mark) in UNSEEN and mark not in "\n\t"]


def zalo_message(words: str, kind: str) -> Message:
    """Every field of a notice filled with the words, in the form of a kind of Zalo message."""
    lines = tuple(
        task(words, urgency=urgency, number=words, plan=words, deadline_text=words, product=words, note=words,
             lead=words, role=role, key=f"{urgency}{role}")
        for urgency in (Urgency.OVERDUE, Urgency.SOON) for role in ("lead", "coordinating")
    )  # fmt: skip
    given = notice(*lines, agency=words, province=words, sender=words, addressed_to=words)
    text = zalo_text(given)
    return message(kind, subject=words, to_name=words, text=text, fields=zalo_fields(given, TEMPLATE))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("hostile")) as opened:
        yield opened


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("name", HOSTILE)
def test_zalo_says_what_was_printed_to_one_person(shared: Office, kind: str, name: str) -> None:
    words, before = HOSTILE[name], len(shared.world.deliveries)
    sent = zalo_message(words, kind)
    if kind in {"zalooa", "zalouid"} and not line(words):
        with pytest.raises(Refused):  # an agency without a name is no value of a template
            shared.channel(kind).send(sent)
        return
    shared.channel(kind).send(sent)
    (got,) = shared.world.deliveries[before:]
    assert got.to == TO[kind]
    told = [got.text, *got.fields.values()]
    assert [mark for text in told for mark in invisible(text)] == []
    assert len(got.text.encode("utf-16-le")) // 2 <= 2000
    if kind in {"zalooa", "zalouid"}:
        assert got.fields["agency"] == shorten(words, 60)
        assert set(got.fields) == {"agency", "count", "due"}
    else:
        printed = line(words).replace("[@", "[") if kind == "zalogmf" else line(words)
        told_at_once = line(printed)[:80].rstrip(" ,;:.-–…")
        assert told_at_once in line(got.text)
    shared.world.records.clear()


@pytest.mark.parametrize("kind", URLS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_recipient_is_nobody(shared: Office, kind: str, name: str) -> None:
    shared.world.records.clear()
    with pytest.raises(Refused) as refused:
        shared.channel(kind).send(message(kind, to=HOSTILE[name]))
    assert refused.value.scope is Scope.RECIPIENT
    assert shared.world.records == []


@pytest.mark.parametrize("name", HOSTILE)
def test_an_admins_own_words_are_cleaned_too(shared: Office, name: str) -> None:
    words = HOSTILE[name].replace("{", "(").replace("}", ")")
    text = zalo_text(notice(), f"Nhắc việc {words} hết")
    assert invisible(text) == []
    own = Template(name="a", id="1", params=(Param(name="x", value=f"Sở {words}", shorten=True),))
    value = zalo_fields(notice(), own)["x"]
    assert invisible(value) == []
    assert len(value) <= 200


class Room(BaseHTTPRequestHandler):
    """Stands for a chat service of the office's own; keeps what it was sent."""

    seen: list[tuple[str, bytes]] = []  # noqa: RUF012 - each fixture has a class of its own

    def do_POST(self) -> None:
        self.seen.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(201 if "chat/" in self.path else 200)
        self.end_headers()

    do_PUT = do_POST  # noqa: N815 - the library's name

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def room() -> Iterator[tuple[int, list[tuple[str, bytes]]]]:
    class Own(Room):
        seen: list[tuple[str, bytes]] = []  # noqa: RUF012

    server = HTTPServer(("127.0.0.1", 0), Own)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], Own.seen
    server.shutdown()
    server.server_close()


SERVICES = {
    "gotify": "gotify://127.0.0.1:{port}/token12345",
    "ntfy": "ntfy://127.0.0.1:{port}/van-phong",
    "mmost": "mmost://127.0.0.1:{port}/abcdefghijklmnopqrstuvwxyz",
    "rocket": "rocket://abcdef/ghijkl@127.0.0.1:{port}/#van-phong",
    "nctalk": "nctalk://user:pass@127.0.0.1:{port}/phong",
    "json": "json://127.0.0.1:{port}/hook",
}


@pytest.mark.parametrize("service", SERVICES)
def test_chat_services_get_one_well_formed_message(room: tuple[int, list[tuple[str, bytes]]], service: str) -> None:
    port, seen = room
    paths = set()
    with AppriseChannel(SERVICES[service].format(port=port), allow_private=True) as channel:
        channel._service(channel._url).request_rate_per_sec = 0
        for name, words in HOSTILE.items():
            seen.clear()
            text = f"Kính gửi: {words}\nNhiệm vụ: {words[:1500]}"
            channel.send(mail(subject=words, text=text, to_name=words))
            assert seen, name
            said = []
            for path, body in seen:
                assert b"http" not in body or "http" in words, "no picture is fetched from elsewhere"
                if "filename=" in path:  # what is too long for ntfy is handed over as a file
                    said.append(body.decode())
                    continue
                paths.add(path)
                # Some services take their lines to end as in a mail.
                said += [value.replace("\r\n", "\n") for value in _strings(json.loads(body)) if value]
            assert [mark for value in said for mark in invisible(value)] == [], name
            printed = line(" ".join(said))
            assert without_mentions(line(words))[:60].rstrip() in printed, name
    assert len(paths) == 1, "words never change where a message goes"


CALLS = ("@all", "@here họp", "(@channel)", "@everyone", "<!channel>", "<!here|x>", "!channel>", "<@U6TTX1F9R>",
         "@**all**", "<users/all>", '<at user_id="all">', "<@all>", "@room", "x@**all**", "[@all",
         "_@all")  # fmt: skip


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "ntfy"])
def test_printed_words_call_nobody(room: tuple[int, list[tuple[str, bytes]]], service: str) -> None:
    port, seen = room
    with AppriseChannel(SERVICES[service].format(port=port), allow_private=True) as channel:
        channel._service(channel._url).request_rate_per_sec = 0
        for call in CALLS:
            seen.clear()
            channel.send(mail(subject=f"Nhắc {call}", text=f"Gửi {call}; hỏi vanthu@soyte.example\n{call}"))
            said = " ".join(value for _, body in seen for value in _strings(json.loads(body)))
            assert "vanthu@soyte.example" in said
            assert call not in said
            assert "<" not in said
            assert not re.search(r"(?<!vanthu)@", said)


def _strings(content: object) -> list[str]:
    match content:
        case str():
            return [content]
        case dict():
            return [text for value in content.values() for text in _strings(value)]
        case list():
            return [text for value in content for text in _strings(value)]
        case _:
            return []


@pytest.mark.parametrize(
    "to", [*HOSTILE.values(), "a/../../khac", "a?b=c", "a#b", "a%2Fb", "a,b", "a@b;c", "..", ""]
)
def test_a_hostile_recipient_in_an_address_is_nobody(room: tuple[int, list[tuple[str, bytes]]], to: str) -> None:
    port, seen = room
    seen.clear()
    with AppriseChannel(f"json://127.0.0.1:{port}/phong/{{to}}", allow_private=True) as channel:
        with pytest.raises(Refused) as refused:
            channel.send(mail(to=to))
        assert refused.value.scope is Scope.RECIPIENT
        assert seen == []
        channel.send(mail(to="van.thu+1@soyte.example"))
    assert [unquote(path) for path, _ in seen] == ["/phong/van.thu+1@soyte.example"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "form", ["{}", "smtp://{}", "smtp://a:{}@b.example:{}", "zalooa://{}", "eml:///{}", "tgram://{}"]
)
def test_hostile_channel_addresses_are_refused_or_harmless(name: str, form: str, tmp_path: Path) -> None:
    """A mistake in an address is a ChannelError whose words do not hold it, or comes out when a message is sent."""
    url = form.replace("{}", HOSTILE[name])
    try:
        channel = open_channel(url, sender=SENDER, var=tmp_path)
    except (ChannelError, TypeError) as wrong:
        if isinstance(wrong, TypeError):
            assert url.startswith("zalooa"), "Zalo's tools are not given here"
        return
    with channel:
        if url.startswith("eml"):
            return
        with pytest.raises(NotSent):
            channel.send(mail())


@pytest.mark.parametrize("name", ["CR LF", "NUL", "quotes and angles", "html", "10,000 without a blank"])
def test_a_hostile_dkim_selector_signs_nothing(name: str) -> None:
    from urllib.parse import quote

    words = quote(HOSTILE[name], safe="")
    with pytest.raises(ValueError, match="dkim"):
        parse_smtp_url(f"smtp://a.example?dkim_selector={words}&dkim_domain=b.example&dkim_key=/tmp/k")
    with pytest.raises(ValueError, match="dkim"):
        parse_smtp_url(f"smtp://a.example?dkim_selector=s&dkim_domain={words}&dkim_key=/tmp/k")


def test_a_mail_folder_with_a_nul_in_its_name(tmp_path: Path) -> None:
    with pytest.raises(ChannelError):
        open_channel("eml:///tmp/a%00b", sender=SENDER, var=tmp_path)
