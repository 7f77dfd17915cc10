"""Trying a channel by hand: one harmless message, and what to do where it does not go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.steps.channels import in_zalo_form, open_named, sample_notice, zalo_scheme
from flows.steps.workplace import Workplace
from notifiers.channel import ZALO, ChannelError, scheme_of
from notifiers.errors import NotSent
from notifiers.message import Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What came of a trial, for the admin: the other side's answer, or what failed and what to do about it."""

    sent: bool
    said: str


def try_channel(workplace: Workplace, name: str, address: str, *, now: datetime) -> Tried:
    """Send one harmless message by the channel of this name. Raises ConfigError."""
    from notifiers.advice import advice

    message = trial_message(workplace, address, name, now=now)
    scheme = scheme_of(workplace.channels.by_name[name].url)
    try:
        with open_named(workplace, name, clock=lambda: now) as opened:
            answer = opened.send(message).answer
            return Tried(sent=True, said="Zalo đã nhận" if scheme in ZALO else answer)
    except ChannelError as wrong:
        return Tried(sent=False, said=str(wrong))
    except NotSent as failed:
        codes = workplace.zalo.codes if scheme in ZALO else {}
        return Tried(sent=False, said=f"{_named(failed)}. {advice(failed, scheme, codes)}")


def _named(failed: NotSent) -> str:
    """The reason, with the other side's code where it is not in the words already."""
    told = not failed.code or failed.code.startswith("dondoc:") or f"({failed.code}" in failed.reason
    return failed.reason if told else f"{failed.reason} ({failed.code})"


def trial_message(workplace: Workplace, address: str, channel: str, *, now: datetime) -> Message:
    """One harmless message for a channel, in the channel's own form; `address` as the directory writes it."""
    key = f"thu-nghiem-{now:%Y%m%d%H%M%S%f}"
    if zalo_scheme(workplace, channel) is not None:
        notice = sample_notice(workplace, now.date())
        bare = address.removeprefix("group:").removeprefix("chat:")
        return in_zalo_form(workplace, channel, notice, key=key, to=bare, to_name="", created=now)
    office = workplace.settings.office
    return Message(
        key=key,
        to=address,
        subject="Thư thử của hệ thống nhắc việc Đôn Đốc",
        text=f"Đây là thư thử do {office.name} gửi để kiểm tra kênh {channel}. Không cần trả lời thư này.\n",
        created=now,
        reply_to=office.reply_to,
    )
