"""The channels: how each stands, what failed last, and a button that sends one harmless message."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from desk.web.visit import Visit, Wrong
from flows.steps.trying import try_channel
from notifiers.channel import mask
from store import breaker, messages, people
from store.audit import record
from store.sealing import masked

TESTS_AN_HOUR = 10.0


def page(visit: Visit) -> Response:
    return _page(visit)


def _page(visit: Visit, wrong: str = "", status: int = 200) -> Response:
    place = visit.workplace
    with place.database.read() as connection:
        tripped = breaker.tripped(connection, visit.province)
        failures = {
            name: messages.last_failures(connection, visit.province, name) for name in place.channels.by_name
        }
    rows = [
        {
            "name": name,
            # An address may hold a password; masked, it says what kind of channel it is and no more.
            "shown": mask(one.url) if one.url else "",
            "per_minute": one.per_minute,
            "attempts": one.attempts,
            "tripped": tripped.get(name),
            "failures": failures[name],
        }
        for name, one in place.channels.by_name.items()
    ]
    return visit.page("channels.html", status, rows=rows, wrong=wrong)


def test(visit: Visit) -> Response:
    """Send one test message, as `dondoc check --send-test` does."""
    name = visit.request.path_params["channel"]
    if name not in visit.workplace.channels.by_name:
        return visit.sorry("Không có kênh này.", 404)
    address = visit.text("address", needed="Địa chỉ nhận tin thử", longest=200)
    if any(letter.isspace() for letter in address):
        raise Wrong("Địa chỉ nhận tin thử không có dấu cách.")
    with visit.workplace.database.write() as connection:
        if not people.take(
            connection,
            visit.province,
            "channel-test",
            capacity=TESTS_AN_HOUR,
            per=timedelta(hours=1),
            now=visit.now,
        ):
            return _page(visit, "Đã gửi thử nhiều lần; hãy đợi ít phút rồi thử lại.", 429)
    tried = try_channel(visit.workplace, name, address, now=visit.now)
    with visit.workplace.database.write() as connection:
        record(
            connection,
            visit.province,
            at=visit.now,
            actor=visit.actor,
            action="channel.test",
            subject=f"channel:{name}",
            after={"to": masked(address), "sent": tried.sent, "answer": tried.said[:300]},
        )
    if tried.sent:
        return visit.go("/channels", "tested")
    return _page(visit, f"Kênh {name} chưa gửi được: {tried.said}", 422)
