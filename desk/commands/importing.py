"""`dondoc import`: plans into the database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desk.commands.printing import DONE, actor, put, put_json
from desk.commands.progress import progress
from desk.commands.workplace import at_work
from flows.steps.importing import Imported, import_file


def import_files(files: Sequence[str], *, json: bool) -> int:
    """Import file by file; each is kept whole or not at all. Stops at the first that cannot be read."""
    work = at_work()
    work.place.ready()
    done = [
        import_file(work.place, Path(file), now=work.now, today=work.today, actor=actor())
        for file in progress(files, "Nhập kế hoạch", shown=not json)
    ]
    if json:
        put_json({"imported": [_entry(one) for one in done]})
        return DONE
    for one in done:
        put(_line(one))
        for warning in one.warnings:
            put(f"  Lưu ý: {warning}")
    return DONE


def _entry(one: Imported) -> dict[str, object]:
    return {
        "file": one.file,
        "plan": one.saved.plan_id,
        "revision": one.saved.revision,
        "known": one.saved.known,
        "added": len(one.saved.added),
        "changed": len(one.saved.changed),
        "kept": len(one.saved.kept),
        "withdrawn": len(one.saved.withdrawn),
        "warnings": list(one.warnings),
    }


def _line(one: Imported) -> str:
    if one.saved.known:
        return f"{one.file}: đã nhập từ trước, không có gì thay đổi."
    saved = one.saved
    told = f"{one.file}: kế hoạch {one.number or 'chưa ghi số'}, {len(saved.added)} nhiệm vụ mới"
    if saved.revision > 1:
        told += f", {len(saved.changed)} thay đổi, {len(saved.kept)} giữ nguyên, {len(saved.withdrawn)} rút"
    return told + "."
