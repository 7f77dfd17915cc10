"""`dondoc zalo bot …`: who the bot is, where its updates go, and listening to it where there is no webhook."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from desk.commands.printing import DONE, fail, put, put_json
from desk.commands.workplace import AtWork, at_work
from desk.commands.zalo_account import advised, note, session_of
from notifiers.errors import NotSent
from notifiers.zalo.bot import POLL_SECONDS, Bot

HOOK = "/api/zalo-bot"
DID = {
    "linked": "đã liên kết với đầu mối",
    "wrong-code": "mã liên kết sai hoặc hết hạn",
    "repeated": "đã nghe trước đó",
}


@contextmanager
def opened(work: AtWork) -> Iterator[Bot]:
    with session_of(work) as session:
        yield Bot(session)


def status(*, json: bool) -> int:
    work = at_work()
    try:
        with opened(work) as bot:
            name, hook = bot.name(), bot.webhook()
    except NotSent as failed:
        return advised(work, failed)
    if json:
        put_json({"name": name, "webhook": hook or None})
        return DONE
    put(f"Bot: {name or '(không tên)'}")
    put(
        f"Webhook: {hook}" if hook else "Chưa có webhook; dùng dondoc zalo bot webhook hoặc dondoc zalo bot listen."
    )
    return DONE


def set_webhook(url: str | None) -> int:
    work = at_work()
    base = work.place.settings.desk.base_url
    if not url and not base:
        return fail("chưa khai desk.base_url trong dondoc.toml; hãy ghi rõ địa chỉ webhook.")
    target = url or base + HOOK
    try:
        with opened(work) as bot:
            bot.set_webhook(target)
    except NotSent as failed:
        return advised(work, failed)
    except ValueError as wrong:
        return fail(f"{wrong}.")
    note(work, "zalo.webhook", of="zalo-bot")
    put(f"Từ nay bot gửi tin đến {target}.")
    return DONE


def delete_webhook() -> int:
    work = at_work()
    try:
        with opened(work) as bot:
            bot.delete_webhook()
    except NotSent as failed:
        return advised(work, failed)
    note(work, "zalo.webhook", of="zalo-bot")
    put("Đã bỏ webhook của bot.")
    return DONE


def listen(seconds: int) -> int:
    """Take updates until the time is over; what each means is done as a webhook would do it."""
    from flows.steps.zalo_webhook import hear_update

    work = at_work()
    until = time.monotonic() + seconds
    try:
        with opened(work) as bot:
            if bot.webhook():
                return fail(
                    "bot đang có webhook nên không nghe được; bỏ webhook bằng dondoc zalo bot webhook --delete."
                )
            put("Đang nghe; mời người nhận nhắn một tin cho bot.")
            while (left := until - time.monotonic()) > 0:
                update = bot.next_update(min(POLL_SECONDS, max(1, int(left))))
                if update is not None:
                    heard = hear_update(work.place, update, now=work.now)
                    put(f'{heard.chat}: {DID.get(heard.did, "đã nhắn cho bot")} (zalo_uid = "chat:{heard.chat}")')
    except NotSent as failed:
        return advised(work, failed)
    return DONE
