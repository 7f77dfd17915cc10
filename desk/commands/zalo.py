"""`dondoc zalo …`: consent, tokens, linking contacts, and how the account stands."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime, timedelta

from desk.commands.printing import DONE, actor, fail, put, put_json
from desk.commands.workplace import AtWork, at_work
from desk.commands.zalo_account import account, note, standing_lines
from flows.steps.channels import Tokens, open_named, zalo_scheme
from notifiers.zalo.account import Standing

VERIFIER = "zalo.verifier"
"""The mark that keeps the PKCE verifier between the two halves of a consent."""
FATES = {
    "delivered": "Đã đến máy",
    "pending": "Zalo đã nhận, chưa đến máy",
    "unknown": "Zalo chưa rõ",
    "rerouted": "Không đến được, chuyển sang kênh khác",
    "refused": "Không đến được, không còn kênh nào khác",
    "no_word": "Quá hạn chờ, chuyển cho người xử lý",
    "unavailable": "Chưa hỏi được",
    "over": "Đã xử lý trước đó",
}
"""What came of asking about a message, in words."""
ALERTS_OF = timedelta(days=30)
"""How far back `status` tells what the admin had to know."""


def consent(*, redirect: str, code: str | None) -> int:
    """Without a code: the page to open. With the code that it gave: spend it and keep the pair."""
    from notifiers.zalo.oauth import consent_url, new_verifier
    from store import runs

    work = at_work()
    if not work.place.zalo.app_id or not work.place.zalo.app_secret:
        return fail("chưa khai account.app_id trong zalo.toml hoặc biến DONDOC_ZALO_APP_SECRET.")
    if code is not None:
        return _spend(work, code)
    verifier = new_verifier()
    with work.place.ready().write() as connection:
        sealed = work.place.seal.close(verifier).decode()
        runs.set_mark(connection, work.place.province, VERIFIER, sealed)
    put("Quản trị viên của OA mở trang sau, đồng ý cấp quyền, rồi lấy giá trị code trong địa chỉ trả về:")
    put(consent_url(work.place.zalo, redirect, verifier=verifier))
    put("Trong 10 phút, chạy tiếp: dondoc zalo consent --code GIÁ-TRỊ")
    return DONE


def _spend(work: AtWork, code: str) -> int:
    from notifiers.errors import NotSent
    from notifiers.zalo.http import Wire
    from notifiers.zalo.oauth import exchange
    from store import runs

    with work.place.ready().read() as connection:
        sealed = runs.mark(connection, work.place.province, VERIFIER)
    if not sealed:
        return fail("hãy chạy dondoc zalo consent không kèm --code trước để lấy địa chỉ trang cấp quyền.")
    verifier = work.place.seal.open(sealed.encode())
    wire = Wire(work.place.zalo)
    tokens = Tokens(work.place, lambda: work.now)
    try:
        exchange(work.place.zalo, wire, tokens, code.strip(), verifier=verifier, now=work.now)
    except (NotSent, OSError) as error:
        return fail(f"không đổi được mã cấp quyền: {error}")
    finally:
        wire.close()
    note(work, "zalo.consent")
    put("Đã lưu cặp token mới; Zalo sẵn sàng gửi.")
    return DONE


def put_tokens() -> int:
    """Keep a pair typed or piped in on two lines: access token, refresh token. Nothing of it is shown."""
    from notifiers.zalo.tokens import put_pair

    work = at_work()
    work.place.ready()
    if sys.stdin.isatty():
        put("Dán access token, Enter, rồi refresh token, Enter (lấy ở API Explorer của Zalo):")
    access, refresh = sys.stdin.readline().strip(), sys.stdin.readline().strip()
    if not access or not refresh or access == refresh:
        return fail("cần hai dòng khác nhau: access token rồi refresh token.")
    tokens = Tokens(work.place, lambda: work.now)
    seconds = work.place.zalo.refresh_lock_seconds
    try:
        put_pair(tokens, access, refresh, now=work.now, lock_seconds=seconds)
    except OSError as error:
        return fail(f"không lưu được cặp token: {error}")
    note(work, "zalo.token")
    put("Đã lưu cặp token.")
    return DONE


def retry_refresh() -> int:
    """An admin has looked: the refresh token was not spent, so it may be tried once more."""
    from notifiers.zalo.oauth import renewed_by_hand

    work = at_work()
    work.place.ready()
    tokens = Tokens(work.place, lambda: work.now)
    try:
        with tokens.lock(work.place.zalo.refresh_lock_seconds):
            pair = tokens.load()
            if pair is None:
                return fail("chưa có cặp token; hãy chạy dondoc zalo consent.")
            tokens.save(renewed_by_hand(pair))
    except OSError as error:
        return fail(f"không lưu được cặp token: {error}")
    note(work, "zalo.retry")
    put("Lần gửi tới sẽ thử làm mới token một lần nữa.")
    return DONE


def status(*, ask: bool, json: bool) -> int:
    """How the account stands: its pair, who is linked, what is unsettled; with `ask`, what Zalo itself says."""
    from store import zalo as stored

    work = at_work()
    place = work.place
    with place.ready().read() as connection:
        counts = stored.counts(connection, place.province)
        alerts = stored.alerts_since(connection, place.province, work.now - ALERTS_OF)
    pair, trouble = _pair(work)
    asked = _ask(work) if ask else {}
    standing = _standing(work) if ask and not trouble else None
    if json:
        told = [{"code": row.code, "what": row.what, "advice": row.advice, "at": row.last_at} for row in alerts]
        put_json(
            {"pair": pair, "trouble": trouble, "counts": counts, "alerts": told, "channels": asked}
            | ({"standing": asdict(standing)} if isinstance(standing, Standing) else {})
        )
    else:
        put(trouble or f"Cặp token: hết hạn lúc {pair['expires']:%H:%M ngày %d/%m/%Y}")
        put(f"Đã liên kết {counts['linked']} người dùng Zalo; {counts['unlinked']} người chưa rõ là ai.")
        put(f"Tin đã đến máy: {counts['delivered']}; chưa rõ: {counts['unconfirmed']}.")
        for row in alerts[:10]:
            put(f"{row.last_at.astimezone(work.now.tzinfo):%d/%m/%Y %H:%M}  {row.what}. {row.advice}")
        for line in standing_lines(standing) if isinstance(standing, Standing) else filter(None, [standing]):
            put(line)
        for name, problems in asked.items():
            put(f"{name}: {'; '.join(problems) or 'hoạt động tốt'}")
    return fail("Zalo chưa gửi được.") if trouble or any(asked.values()) else DONE


def pair_at_hand(work: AtWork) -> str:
    """Until when the pair serves. Raises ChannelError with what to do where there is none that does."""
    from notifiers.channel import ChannelError

    pair, trouble = _pair(work)
    if trouble:
        raise ChannelError(trouble)
    return f"có cặp token, hết hạn lúc {pair['expires']:%H:%M ngày %d/%m/%Y}, tự làm mới trước đó"


def _pair(work: AtWork) -> tuple[dict[str, datetime], str | None]:
    """When the pair ends, without the pair; and what is wrong with it, in Vietnamese."""
    try:
        pair = Tokens(work.place, lambda: work.now).load()
    except OSError as error:
        return {}, f"Không đọc được cặp token: {error}"
    if pair is None:
        return {}, "Chưa có cặp token; hãy chạy dondoc zalo consent hoặc dondoc zalo token."
    zone = work.now.tzinfo
    shown = {"issued": pair.issued.astimezone(zone), "expires": pair.expires.astimezone(zone)}
    if pair.problem:
        return shown, f"Token không làm mới được ({pair.problem}); quản trị viên của OA phải cấp quyền lại."
    if pair.begun:
        return shown, "Lần làm mới token trước không rõ kết quả; xem docs/zalo.vi.md rồi cấp quyền lại."
    return shown, None


def _standing(work: AtWork) -> Standing | str:
    """Quota and quality, or in Vietnamese why Zalo does not tell them: an account without templates has none."""
    from notifiers.errors import NotSent

    try:
        with account(work) as zalo:
            return zalo.standing()
    except NotSent as failed:
        return f"Không hỏi được hạn mức và chất lượng: {failed.reason}."


def _ask(work: AtWork) -> dict[str, tuple[str, ...]]:
    from notifiers.zalo import ZaloChannel

    found = {}
    for name in work.place.channels.by_name:
        if zalo_scheme(work.place, name) is None:
            continue
        with open_named(work.place, name, clock=lambda: work.now) as channel:
            assert isinstance(channel, ZaloChannel)
            said = dict.fromkeys(channel.check())
            # What is said once with the way out need not be said without it.
            found[name] = tuple(
                one for one in said if not any(one != other and other.startswith(one) for other in said)
            )
    return found


def ask_deliveries(*, json: bool) -> int:
    """Ask Zalo now what became of messages without word of their delivery; what follows from it follows."""
    from flows.steps.courier import Courier
    from flows.steps.following import follow

    work = at_work()
    work.place.ready()
    courier = Courier(work.place, lambda: work.now)
    try:
        told = follow(work.place, clock=lambda: work.now, opened=courier.channel)
    finally:
        courier.close()
    if json:
        put_json(dict(told))
        return DONE
    if not told:
        put("Không có tin Zalo nào cần hỏi.")
    for outcome, many in told.items():
        put(f"{FATES.get(outcome, outcome)}: {many}")
    return fail("không hỏi được Zalo; xem dondoc zalo status --ask.") if told["unavailable"] else DONE


def give_code(agency: str, *, role: str, name: str | None) -> int:
    """A one-time code that a contact sends to the OA or the bot, so that its user id becomes known."""
    from flows.steps import zalo_webhook

    work = at_work()
    work.place.ready()
    directory = work.place.directory
    # The province's own file writes its agencies without the province before them.
    known = directory.agency(agency) or directory.agency(f"{work.place.province}.{agency}")
    if known is None:
        return fail(f"danh bạ không có cơ quan {agency}; mã của các cơ quan: dondoc agencies list.")
    people = [one for one in known.contacts if one.role.value == role and name in {None, one.name}]
    if len(people) != 1:
        named = ", ".join(one.name or "(không tên)" for one in known.contacts if one.role.value == role)
        return fail(
            f"{known.name} có {len(people)} đầu mối {role} như vậy ({named or 'không có ai'}); hãy thêm --name."
        )
    code = zalo_webhook.give_code(work.place, known.code, people[0], now=work.now, actor=actor())
    put(f"Mã của {people[0].name or known.name}: {code}")
    put(f"Người này nhắn đúng mã trên cho OA trong {zalo_webhook.CODE_HOURS} giờ; mỗi mã dùng một lần.")
    return DONE
