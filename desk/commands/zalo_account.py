"""What Zalo itself says of the account: templates, followers and the RSA key. Nothing is sent to anybody."""

from __future__ import annotations

import json as plain_json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from desk.commands.printing import DONE, actor, fail, misuse, put, put_json, put_table
from desk.commands.workplace import AtWork, at_work
from flows.steps.channels import Tokens
from notifiers.errors import NotSent
from notifiers.zalo.account import Account, Listed, Stand, Standing
from notifiers.zalo.codes import remedy
from notifiers.zalo.session import Session, open_session
from notifiers.zalo.templates import Detail, ParamType, Template, differences
from store.audit import record

STANDS = {
    "ENABLE": "được dùng",
    "PENDING_REVIEW": "chờ duyệt",
    "REJECT": "bị từ chối",
    "DISABLE": "bị khóa",
    "DELETE": "đã xóa",
}
QUALITIES = {"HIGH": "tốt", "MEDIUM": "trung bình", "LOW": "thấp", "UNDEFINED": "chưa có, vì chưa gửi tin"}
QUOTAS = {
    "dailyQuota": "hạn mức một ngày",
    "remainingQuota": "còn lại hôm nay",
    "monthlyPromotionQuota": "tin hậu mãi một tháng",
    "remainingMonthlyPromotionQuota": "tin hậu mãi còn lại trong tháng",
}


@contextmanager
def session_of(work: AtWork) -> Iterator[Session]:
    work.place.ready()
    tokens = Tokens(work.place, lambda: work.now)
    with open_session(tokens=tokens, settings=work.place.zalo, clock=lambda: work.now, sleep=time.sleep) as session:
        yield session


@contextmanager
def account(work: AtWork) -> Iterator[Account]:
    with session_of(work) as session:
        yield Account(session)


def note(work: AtWork, action: str, of: str = "zalo") -> None:
    """An entry of the audit log about the account; `of` says which of its parts."""
    with work.place.database.write() as connection:
        subject = f"{of}:{work.place.zalo.account}"
        record(connection, work.place.province, at=work.now, actor=actor(), action=action, subject=subject)


def advised(work: AtWork, failed: NotSent) -> int:
    """Say what failed and what the admin should do about it; returns the exit code."""
    cure = remedy(failed.code or "", work.place.zalo.codes)
    return fail(f"{failed.reason}. {cure.advice}")


def list_templates(status: str | None, *, json: bool) -> int:
    stand = Stand.__members__.get((status or "").upper())
    if status and stand is None:
        return misuse(f"không có trạng thái {status}; cho phép: {', '.join(one.lower() for one in Stand)}.")
    work = at_work()
    try:
        with account(work) as zalo:
            rows = zalo.templates(stand)
    except NotSent as failed:
        return advised(work, failed)
    declared = {one.id: one.name for one in work.place.zalo.templates.values()}
    if json:
        put_json([asdict(row) | {"declared": declared.get(row.id)} for row in rows])
        return DONE
    put_table(
        "Mẫu tin của OA", ("Mã", "Tên", "Trạng thái", "Trong zalo.toml"), (_row(row, declared) for row in rows)
    )
    for missing in sorted(declared.keys() - {row.id for row in rows} if stand is None else ()):
        put(f"zalo.toml khai mẫu tin {declared[missing]} (mã {missing}) nhưng OA không có.")
    return DONE


def _row(row: Listed, declared: dict[str, str]) -> tuple[str, ...]:
    return row.id, row.name, STANDS.get(row.status, row.status), declared.get(row.id, "–")


def show_template(name: str, *, toml: bool, json: bool) -> int:
    work = at_work()
    declared = _declared(work, name)
    asked = declared.id if declared else name
    if not asked.isdecimal():
        return misuse(f"zalo.toml không khai mẫu tin {name}, và đó cũng không phải là mã mẫu tin (chỉ gồm chữ số).")
    try:
        with account(work) as zalo:
            detail, sample = zalo.template(asked), zalo.sample(asked)
    except NotSent as failed:
        return advised(work, failed)
    parted = differences(declared, detail) if declared else ()
    if json:
        put_json(asdict(detail) | {"sample": sample, "declared": declared and declared.name, "differences": parted})
    elif toml:
        put(_toml(detail, declared.name if declared else f"mau-{detail.id}"))
    else:
        _tell(detail, sample, declared, parted)
    return DONE


def _declared(work: AtWork, name: str) -> Template | None:
    return next((one for one in work.place.zalo.templates.values() if name in {one.name, one.id}), None)


def _tell(
    detail: Detail, sample: dict[str, str] | object, declared: Template | None, parted: tuple[str, ...]
) -> None:
    shown = sample if isinstance(sample, dict) else {}
    put(f"Mẫu tin {detail.id}: {detail.name} ({STANDS.get(detail.status, detail.status)})")
    put(f"Loại nội dung: {detail.tag or '–'}; chất lượng: {QUALITIES.get(detail.quality, detail.quality or '–')}")
    put(f"Giá: theo số điện thoại {detail.price_phone or '–'} đồng, theo UID {detail.price_uid or '–'} đồng")
    rows = (
        (
            one.name,
            one.type.name.lower(),
            f"{one.min_length} đến {one.limit}",
            "có" if one.required else "không",
            shown.get(one.name, "–"),
        )
        for one in detail.params
    )
    put_table("Tham số", ("Tên", "Loại", "Số ký tự", "Bắt buộc", "Giá trị mẫu"), rows)
    if declared is None:
        put(f"Chưa khai trong zalo.toml; dondoc zalo template {detail.id} --toml in phần khai báo để chép vào.")
    for one in parted:
        put(f"Khác nhau: {one}")


def _toml(detail: Detail, name: str) -> str:
    """The declaration of a template as it stands in zalo.toml; only the values are left to write."""
    lines = ["[[template]]", f"name = {plain_json.dumps(name)}", f"id = {plain_json.dumps(detail.id)}"]
    for one in detail.params:
        lines += ["", "[[template.param]]", f"name = {plain_json.dumps(one.name)}"]
        lines += [
            f'type = "{one.type.name.lower()}"',
            'value = "{{ title }}"   # sửa cho đúng nội dung của tham số',
        ]
        if one.limit != ParamType(one.type).longest:
            lines.append(f"max_length = {one.limit}")
        lines += [f"min_length = {one.min_length}"] if one.min_length else []
        lines += [] if one.required else ["required = false"]
        lines += ["accept_null = true"] if one.accept_null else []
    return "\n".join(lines)


def list_followers(limit: int, *, json: bool) -> int:
    """Who follows the account; each name is a question of its own to Zalo."""
    work = at_work()
    try:
        with account(work) as zalo:
            people = [zalo.follower(user) for user in islice(zalo.followers(), limit)]
    except NotSent as failed:
        return advised(work, failed)
    linked = {user: contact for (kind, contact), user in work.place.zalo_people.items() if kind == "oa"}
    rows = [(one.user_id, one.name, linked.get(one.user_id, "")) for one in people]
    if json:
        put_json([dict(zip(("user_id", "name", "contact"), row, strict=True)) for row in rows])
        return DONE
    put_table("Người quan tâm OA", ("UID", "Tên trên Zalo", "Đầu mối"), ((a, b, c or "–") for a, b, c in rows))
    put('Ghi UID vào danh bạ (zalo_uid = "…") chỉ khi đã chắc người đó là ai. UID là dữ liệu cá nhân.')
    return DONE


def save_rsa_key(out: str, *, new: bool) -> int:
    work = at_work()
    try:
        with account(work) as zalo:
            key = zalo.rsa_key(new=new)
        Path(out).write_text(key, encoding="ascii")
    except NotSent as failed:
        return advised(work, failed)
    except ValueError:
        return fail(
            "câu trả lời của Zalo không có khóa công khai; hãy tạo khóa bằng --new hoặc trên trang quản trị."
        )
    except OSError as error:
        return fail(f"không ghi được {out}: {error.strerror}.")
    note(work, "zalo.rsa-key")
    put(f'Đã ghi {out}. Trong zalo.toml đặt phone_form = "rsa", rsa_key_file = "{out}".')
    return DONE


def standing_lines(standing: Standing) -> list[str]:
    """How the account stands, for people."""
    quota = [f"{QUOTAS[name]} {number}" for name, number in standing.quota.items() if name in QUOTAS]
    said = [f"Hạn mức: {'; '.join(quota)}."] if quota else []
    good = [QUALITIES.get(one, one or "–") for one in (standing.quality_48_hours, standing.quality_7_days)]
    said.append(f"Chất lượng gửi: 48 giờ qua {good[0]}; 7 ngày qua {good[1]}.")
    if "LOW" in {standing.quality_48_hours, standing.quality_7_days}:
        said.append("Chất lượng thấp có thể làm Zalo khóa mẫu tin: chỉ gửi cho đúng đầu mối, soát lại danh bạ.")
    if standing.tags:
        said.append(f"Loại nội dung được gửi: {', '.join(standing.tags)}.")
    return said
