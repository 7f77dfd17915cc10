"""`dondoc migrate`, `backup` and `audit verify`."""

from __future__ import annotations

from pathlib import Path

from desk.commands.printing import DONE, fail, put
from desk.commands.workplace import at_work


def migrate_database() -> int:
    from store.migrate import migrate

    before, after = migrate(at_work().place.database)
    put(
        "Cơ sở dữ liệu đã ở phiên bản mới nhất."
        if before == after
        else f"Đã nâng cấp: {before or 'mới'} → {after}."
    )
    return DONE


def back_up(to: str | None) -> int:
    from store.keeping import backup

    work = at_work()
    target = Path(to) if to else work.place.settings.var / "backups" / f"dondoc-{work.now:%Y%m%d-%H%M%S}.db"
    kept = backup(work.place.ready(), target)
    put(f"Đã sao lưu vào {kept.path} ({kept.tasks} nhiệm vụ, đã kiểm tra đọc lại được).")
    return DONE


def verify_audit() -> int:
    from store.audit import Broken, head, verify

    work = at_work()
    with work.place.ready().read() as connection:
        result = verify(connection, work.place.province)
        _, digest = head(connection, work.place.province)
    if isinstance(result, Broken):
        return fail(f"nhật ký bị sửa từ mục {result.entry}: {result.reason}.")
    put(f"Nhật ký nguyên vẹn: {result} mục, mã cuối {digest[:16]}…")
    return DONE
