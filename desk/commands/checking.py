"""`dondoc check`: is everything in order to run tomorrow morning?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from config.channels import EMAIL
from config.errors import ConfigError
from desk.commands.printing import DONE, FAILED, misuse, put, put_json
from desk.commands.workplace import AtWork, at_work
from desk.oidc.errors import SignInFailed
from store.errors import StoreError


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    part: str
    ok: bool
    said: str


def check_all(*, send_test: str | None, channel: str | None, json: bool) -> int:
    """Look at every part; one that fails hides no other."""
    work = at_work()
    parts: list[tuple[str, Callable[[AtWork], str]]] = [
        ("lịch làm việc", _calendar),
        ("danh bạ cơ quan", _agencies),
        ("chính sách nhắc việc", _policies),
        ("kênh gửi", _channels),
        ("cơ sở dữ liệu", _database),
        ("thư mục nhận kế hoạch", _inbox),
    ]
    if work.place.settings.breached_passwords is not None:
        parts.append(("mật khẩu đã lộ", _breached))
    if work.place.settings.oidc is not None:
        parts.append(("đăng nhập chung (OIDC)", _issuer))
    if _by_account(work):
        parts.append(("tài khoản Zalo", _zalo))
    if channel is not None and channel not in work.place.channels.by_name:
        return misuse(f"không có kênh {channel}; cho phép: {', '.join(work.place.channels.by_name)}.")
    if send_test is not None:
        by = channel or EMAIL
        parts.append((f"gửi thử qua {by}", lambda at: _send_test(at, send_test, by)))
    findings = [Finding(part="cấu hình chung", ok=True, said=f"{work.place.settings.folder / 'dondoc.toml'}")]
    findings += [_look(name, part, work) for name, part in parts]
    if json:
        put_json({"ok": all(one.ok for one in findings), "parts": [_entry(one) for one in findings]})
    else:
        for one in findings:
            put(f"{'được' if one.ok else 'LỖI '}  {one.part}: {one.said}")
    return DONE if all(one.ok for one in findings) else FAILED


def _by_account(work: AtWork) -> bool:
    """Whether a channel sends by the Official Account, which needs a pair of tokens; a bot has its own token."""
    from flows.steps.channels import zalo_scheme

    try:
        schemes = {zalo_scheme(work.place, name) for name in work.place.channels.by_name}
    except ConfigError:
        return False
    return bool(schemes - {None, "zalobot"})


def _entry(one: Finding) -> dict[str, object]:
    return {"part": one.part, "ok": one.ok, "said": one.said}


def _look(name: str, part: Callable[[AtWork], str], work: AtWork) -> Finding:
    from notifiers.channel import ChannelError

    try:
        return Finding(part=name, ok=True, said=part(work))
    except (ConfigError, StoreError, ChannelError, SignInFailed) as error:
        return Finding(part=name, ok=False, said=str(error))


def _calendar(work: AtWork) -> str:
    calendar = work.place.calendar
    year = work.today.year
    said = [
        f"năm {year}: {'dự kiến, chưa có lịch nghỉ chính thức' if calendar.is_provisional(year) else 'chính thức'}"
    ]
    if calendar.is_provisional(year + 1):
        said.append(f"năm {year + 1}: dự kiến, cần bổ sung khi có thông báo lịch nghỉ")
    return "; ".join(said)


def _agencies(work: AtWork) -> str:
    from config.agencies import problems

    own = [one for one in work.place.directory.agencies if one.province == work.place.province]
    lacking = problems(work.place.directory)
    return f"{len(own)} cơ quan, {len(lacking)} cơ quan chưa có địa chỉ liên hệ"


def _policies(work: AtWork) -> str:
    return f"{len(work.place.policies.by_name)} chính sách: {', '.join(work.place.policies.by_name)}"


def _channels(work: AtWork) -> str:
    from flows.steps.channels import check_channels
    from notifiers.channel import check_url, mask

    for channel in work.place.channels.by_name.values():
        check_url(channel.url)
    check_channels(work.place)
    shown = [f"{name} → {mask(one.url)}" for name, one in work.place.channels.by_name.items()]
    if work.place.channels.writes_files:
        shown.append(f"chưa có máy chủ thư, ghi tệp .eml vào {work.place.settings.var / 'outbox'}")
    return "; ".join(shown)


def _zalo(work: AtWork) -> str:
    from desk.commands.zalo import pair_at_hand

    work.place.ready()
    return pair_at_hand(work)


def _database(work: AtWork) -> str:
    from store.plans import count_rows

    with work.place.ready().read() as connection:
        counts = count_rows(connection, work.place.province)
    return f"{work.place.database.shown}: {counts['plans']} kế hoạch, {counts['tasks']} nhiệm vụ"


def _breached(work: AtWork) -> str:
    from config.breached_passwords import look
    from flows.steps.numbers import number

    file = work.place.settings.breached_passwords
    assert file is not None
    return f"{file}: khoảng {number(look(file))} mật khẩu"


def _issuer(work: AtWork) -> str:
    """Ask the issuer who it is and for its keys, as a log-in would."""
    from desk.oidc.signing_in import Door

    return Door(work.place.settings).look(work.now)


def _inbox(work: AtWork) -> str:
    inbox = work.place.settings.inbox
    return f"{inbox}" + ("" if inbox.is_dir() else " (chưa có, sẽ bỏ qua)")


def _send_test(work: AtWork, address: str, channel: str) -> str:
    """One real message by one channel. Raises ChannelError with what to do."""
    from flows.steps.trying import try_channel
    from notifiers.channel import ChannelError

    tried = try_channel(work.place, channel, address, now=work.now)
    if not tried.sent:
        raise ChannelError(tried.said)
    return f"đã gửi đến {address}: {tried.said}"
