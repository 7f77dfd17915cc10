"""Opening a channel by its name, with everything that its kind needs; Zalo needs the most."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from config.errors import ConfigError
from flows.steps.workplace import Workplace
from notifiers.channel import ZALO, Channel, ChannelError, open_channel, scheme_of
from notifiers.message import Line, Message, Notice, Sender, Urgency
from store import zalo as stored
from store import zalo_fates
from store.errors import StoreError
from store.zalo_tokens import SealedPair

if TYPE_CHECKING:
    from notifiers.zalo.alerts import Alert
    from notifiers.zalo.tokens import TokenPair

log = logging.getLogger("dondoc.zalo")

Clock = Callable[[], datetime]
_INSTANTS = ("issued", "refresh_issued", "begun")


def sender(workplace: Workplace) -> Sender:
    """Whom our messages come from."""
    office = workplace.settings.office
    return Sender(address=office.email, name=office.name, organisation=office.name)


class Tokens:
    """The pair of one account in the database (`notifiers.zalo.tokens.TokenStore`)."""

    def __init__(self, workplace: Workplace, clock: Clock) -> None:
        self._kept = SealedPair(
            workplace.database, workplace.seal, workplace.province, workplace.zalo.account, clock
        )

    def load(self) -> TokenPair | None:
        from notifiers.zalo.tokens import TokenPair

        text = self._kept.load()
        if text is None:
            return None
        try:
            raw: dict[str, Any] = json.loads(text)
            for name in _INSTANTS:
                raw[name] = datetime.fromisoformat(raw[name]) if raw[name] else None
            return TokenPair(**raw)
        except (ValueError, TypeError, KeyError) as error:
            raise OSError("what is kept is no token pair") from error

    def save(self, pair: TokenPair) -> None:
        values = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(pair).items()}
        self._kept.save(json.dumps(values))

    def lock(self, seconds: float) -> AbstractContextManager[None]:
        return self._kept.lock(seconds)


def channel_tools(
    workplace: Workplace, name: str, clock: Clock, *, sleep: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """What opening the channel of this name takes besides its address; Zalo's take the most."""
    if zalo_scheme(workplace, name) is None:
        return {"allow_private": True} if workplace.channels.by_name[name].allow_private else {}
    return {
        "tokens": Tokens(workplace, clock),
        "settings": workplace.zalo,
        "clock": clock,
        "sleep": sleep,
        "on_alert": lambda alert: keep_alert(workplace, alert),
    }


def open_named(workplace: Workplace, name: str, *, clock: Clock) -> Channel:
    """The channel of this name in channels.toml; nothing is connected yet. Raises ConfigError, ChannelError."""
    return open_channel(
        workplace.channels.by_name[name].url,
        sender=sender(workplace),
        var=workplace.settings.var,
        **channel_tools(workplace, name, clock),
    )


def keep_alert(workplace: Workplace, alert: Alert) -> None:
    """Keep what the admin must know for the morning's digest; sending goes on where that fails."""
    try:
        with workplace.database.write() as connection:
            stored.note_alert(
                connection,
                workplace.province,
                workplace.zalo.account,
                code=alert.code,
                what=alert.what,
                advice=alert.advice,
                at=alert.at,
            )
    except StoreError as error:
        log.error("An alert could not be kept: %s", error)


def zalo_scheme(workplace: Workplace, channel: str) -> str | None:
    """The scheme of a channel that speaks to Zalo; None for any other."""
    known = workplace.channels.by_name.get(channel)
    scheme = scheme_of(known.url) if known else ""
    return scheme if scheme in ZALO else None


def zalo_message(
    connection: Connection,
    workplace: Workplace,
    notice: Notice,
    *,
    message_id: int,
    channel: str,
    key: str,
    to: str,
    to_name: str,
    created: datetime,
) -> Message | None:
    """The notice in Zalo's form, and its tracking id kept; None where the channel is not one of Zalo's."""
    scheme = zalo_scheme(workplace, channel)
    if scheme is None:
        return None
    from notifiers.zalo.plugins import tracking_id

    zalo_fates.track(connection, workplace.province, message_id, tracking_id(key))
    return in_zalo_form(workplace, channel, notice, key=key, to=to, to_name=to_name, created=created)


def in_zalo_form(
    workplace: Workplace, channel: str, notice: Notice, *, key: str, to: str, to_name: str, created: datetime
) -> Message:
    from notifiers.zalo.text import zalo_fields, zalo_text

    own = workplace.templates / "zalo_text.j2" if workplace.templates else None
    words = own.read_text(encoding="utf-8") if own and own.is_file() else None
    template = workplace.zalo.templates.get(workplace.channels.by_name[channel].url.rpartition("/")[2])
    return Message(
        key=key,
        to=to,
        to_name=to_name,
        subject="",
        text=zalo_text(notice, words, workplace.zalo.text_limit),
        fields=zalo_fields(notice, template) if template is not None else {},
        created=created,
    )


def check_channels(workplace: Workplace) -> None:
    """Open every channel once without connecting, and fill each Zalo template. Raises ConfigError."""
    file = workplace.settings.folder / "channels.toml"
    moment = datetime(2026, 1, 5, 8, tzinfo=workplace.settings.schedule.zone)
    for name in workplace.channels.by_name:
        try:
            open_named(workplace, name, clock=lambda: moment).close()
        except ChannelError as wrong:
            raise ConfigError(file=file, field=f"{name}.url", value="", allowed=str(wrong)) from wrong
        if zalo_scheme(workplace, name) is not None:
            _check_template(workplace, name, moment)


def _check_template(workplace: Workplace, name: str, moment: datetime) -> None:
    from jinja2 import TemplateError

    try:
        in_zalo_form(
            workplace, name, sample_notice(workplace, moment.date()), key="", to="", to_name="", created=moment
        )
    except (TemplateError, TypeError, ValueError, OSError) as wrong:
        allowed = f"mẫu tin của kênh {name} dùng được ({wrong})"
        raise ConfigError(
            file=workplace.settings.folder / "zalo.toml", field="template", value="", allowed=allowed
        ) from wrong


def sample_notice(workplace: Workplace, on: date) -> Notice:
    """An invented notice, to try a channel and its template with."""
    office = workplace.settings.office
    line = Line(
        key="thu-nghiem",
        urgency=Urgency.SOON,
        number="1",
        title="Tin thử của hệ thống nhắc việc Đôn Đốc, không cần thực hiện",
        plan="Kế hoạch số 00/KH-UBND",
        deadline_text=f"{on:%d/%m/%Y}",
        due=on,
        days_left=0,
    )
    return Notice(
        agency=office.name,
        province=workplace.province,
        on=on,
        lines=(line,),
        sender=office.name,
        reply_to=office.reply_to,
    )
