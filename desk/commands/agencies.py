"""`dondoc agencies` and `dondoc config copy`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from config import agencies as files
from deadlines.directory_types import Agency
from desk.commands.printing import DONE, Misused, actor, day, fail, misuse, put, put_json, put_table, shown
from desk.commands.workplace import AtWork, at_work
from flows.steps import directing
from flows.steps.completing import NoSuch
from flows.steps.directing import Proposed
from flows.steps.reach import Route
from flows.steps.redirecting import Effect, redirect
from store.sealing import masked

ENDINGS = (".xlsx", ".toml")


def _mine(work: AtWork) -> list[Agency]:
    return [one for one in work.place.directory.agencies if one.province == work.place.province]


def list_agencies(*, json: bool) -> int:
    work = at_work()
    found = _mine(work)
    if json:
        put_json({"agencies": [_entry(one, work) for one in found]})
        return DONE
    put_table(
        f"{len(found)} cơ quan",
        ("Mã", "Tên", "Loại", "Hiệu lực", "Đầu mối"),
        ((one.code, one.name, one.kind.value, _valid(one), _reach(one)) for one in found),
    )
    return DONE


def _entry(agency: Agency, work: AtWork) -> dict[str, object]:
    return {
        "code": agency.code,
        "name": agency.name,
        "kind": agency.kind.value,
        "superior": agency.superior,
        "valid_from": agency.valid_from,
        "valid_to": agency.valid_to,
        "successors": list(agency.successors),
        "valid": agency.valid(work.today),
        "contacts": len(agency.contacts),
        "reachable": any(one.reachable for one in agency.contacts),
    }


def _valid(agency: Agency) -> str:
    if agency.valid_to is None:
        return f"từ {shown(agency.valid_from)}" if agency.valid_from else "–"
    return f"đến {shown(agency.valid_to)}; kế thừa: {', '.join(agency.successors) or '–'}"


def _reach(agency: Agency) -> str:
    reached = sum(1 for one in agency.contacts if one.reachable)
    return f"{reached} đầu mối" if reached else "chưa có"


def export_agencies(file: str) -> int:
    path = Path(file)
    if path.suffix.lower() not in ENDINGS:
        return misuse("tệp xuất phải có đuôi .xlsx hoặc .toml.")
    work = at_work()
    try:
        if path.suffix.lower() == ".xlsx":
            from config.agency_sheets import write_workbook

            write_workbook(work.place.directory, path)
        else:
            files.save(work.place.directory, path)
    except OSError as error:
        return fail(f"{path}: không ghi được tệp ({error.strerror}).")
    put(f"Đã xuất {len(work.place.directory.agencies)} cơ quan ra {path}.")
    return DONE


def import_agencies(file: str, *, apply: bool, json: bool) -> int:
    path = Path(file)
    if path.suffix.lower() not in ENDINGS:
        return misuse("tệp danh bạ phải có đuôi .xlsx hoặc .toml.")
    if not path.is_file():
        return fail(f"{path}: không tìm thấy tệp.")
    work = at_work()
    return _settle(work, directing.from_file(work.place, path), apply=apply, json=json)


def merge_agencies(codes: Sequence[str], *, into: str, on: str, apply: bool, json: bool) -> int:
    try:
        first = _day(on)
    except Misused as error:
        return misuse(str(error))
    work = at_work()
    code, name = _named(into)
    found = directing.merging(work.place, codes, into=code, name=name, on=first)
    return _settle(work, found, apply=apply, json=json)


def split_agency(code: str, *, into: Sequence[str], on: str, apply: bool, json: bool) -> int:
    try:
        first = _day(on)
    except Misused as error:
        return misuse(str(error))
    work = at_work()
    found = directing.splitting(work.place, code, [_named(one) for one in into], on=first)
    return _settle(work, found, apply=apply, json=json)


def _day(text: str) -> date:
    found = day(text)
    assert found is not None
    return found


def _named(text: str) -> tuple[str, str | None]:
    code, sign, name = text.partition("=")
    return code.strip(), name.strip() if sign else None


def _settle(work: AtWork, found: Proposed | NoSuch, *, apply: bool, json: bool) -> int:
    """Show the differences; with `apply`, write them."""
    if isinstance(found, NoSuch):
        return fail(found.message)
    effect = redirect(work.place, found.directory, work.today) if found.changes else None
    kept: Path | str | NoSuch | None = None
    if apply and found.changes:
        work.place.ready()
        kept = directing.put_in_place(work.place, found, now=work.now, actor=actor())
        if isinstance(kept, NoSuch):
            return fail(kept.message)
    if json:
        put_json(
            {
                "applied": kept is not None,
                "copy": str(kept) if kept else None,
                "changes": [asdict(one) for one in found.changes],
                **({"effect": _effect_entry(effect)} if effect else {}),
            }
        )
        return DONE
    if not found.changes:
        put("Danh bạ không có gì thay đổi.")
        return DONE
    put_table(
        f"{len(found.changes)} khác biệt",
        ("Mã", "Mục", "Đang có", "Sẽ là"),
        ((one.code, one.field, one.old, one.new) for one in found.changes),
    )
    if effect is not None:
        _put_effect(effect, found)
    put(f"Đã ghi danh bạ; bản trước đó: {kept}." if kept else "Chưa ghi gì; thêm --apply để ghi.")
    return DONE


def _put_effect(effect: Effect, found: Proposed) -> None:
    """The same as the page of the desk that comes before saving."""
    name = found.directory.name
    since = f", tính từ ngày {shown(effect.on)}"
    put(
        f"Ảnh hưởng đến {effect.looked_at} nhiệm vụ đang theo dõi{since}: "
        f"{len(effect.reassigned)} nhiệm vụ đổi cơ quan, {len(effect.rerouted)} nơi nhận thay đổi, "
        f"{len(effect.silent)} cơ quan không còn ai để nhắc."
    )
    for words, tasks in effect.lost:
        put(f"  không còn nhận ra “{words}”: {tasks} nhiệm vụ")
    for words, tasks in effect.found:
        put(f"  nay nhận ra “{words}”: {tasks} nhiệm vụ")
    for one in effect.rerouted:
        put(f"  {name(one.agency)}: {_where(one.before)} → {_where(one.after)} ({one.tasks} nhiệm vụ)")
    for code, tasks in effect.silent:
        put(f"  {name(code)}: không còn ai để nhắc ({tasks} nhiệm vụ)")


def _where(found: Route | None) -> str:
    return "–" if found is None or found.address is None else f"{masked(found.address)} ({found.channel})"


def _effect_entry(effect: Effect) -> dict[str, object]:
    return {
        "on": effect.on,
        "looked_at": effect.looked_at,
        "reassigned": [asdict(one) for one in effect.reassigned],
        "rerouted": [
            {
                "agency": one.agency,
                "audience": one.audience,
                "before": _where(one.before),
                "after": _where(one.after),
                "tasks": one.tasks,
            }
            for one in effect.rerouted
        ],
        "silent": [{"agency": code, "tasks": tasks} for code, tasks in effect.silent],
    }


def list_problems(*, json: bool) -> int:
    work = at_work()
    found = files.problems(work.place.directory, work.today)
    if json:
        put_json({"problems": [asdict(one) for one in found]})
        return DONE
    if not found:
        put("Danh bạ không có vướng mắc nào.")
        return DONE
    put_table(
        f"{len(found)} vướng mắc", ("Mã", "Tên", "Lý do"), ((one.code, one.name, one.reason) for one in found)
    )
    return DONE


def copy_config(folder: str) -> int:
    refused = directing.copy_packaged(Path(folder))
    if refused is not None:
        return fail(refused.message)
    put(f"Đã chép cấu hình ra {folder}; đặt DONDOC_CONFIG={folder} để dùng.")
    return DONE
