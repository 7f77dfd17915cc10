"""`dondoc migrate`, `backup`, `restore`, `resume`, `move`, `archive` and `audit verify`."""

from __future__ import annotations

import os
import re
from datetime import datetime, time
from pathlib import Path

from desk.commands.printing import DONE, Misused, actor, day, fail, misuse, put, put_table
from desk.commands.workplace import at_work

KEPT = 30
"""How many copies `var`/backups holds unless said otherwise."""


def migrate_database() -> int:
    from store.migrate import migrate

    before, after = migrate(at_work().place.database)
    put(
        "Cơ sở dữ liệu đã ở phiên bản mới nhất."
        if before == after
        else f"Đã nâng cấp: {before or 'mới'} → {after}."
    )
    return DONE


def back_up(to: str | None, keep: int = KEPT) -> int:
    """A verified copy; of those in `var`/backups the newest `keep` stay."""
    from store.copies import back_up as copy_to
    from store.copies import prune

    if keep < 1:
        return misuse("--keep phải từ 1 trở lên.")
    work = at_work()
    folder = work.place.settings.var / "backups"
    target = Path(to) if to else folder / f"dondoc-{work.now:%Y%m%d-%H%M%S}.db"
    kept = copy_to(work.place.ready(), target)
    put(f"Đã sao lưu vào {kept.path} ({kept.tasks} nhiệm vụ, đã kiểm tra đọc lại được).")
    if to is None:
        for gone in prune(folder, keep, now=work.now):
            put(f"Đã xóa bản sao lưu cũ {gone.name}.")
    return DONE


def restore_from(file: str) -> int:
    """Put a backup in the place of the database, on hold."""
    from store.copies import restore

    work = at_work()
    aside = restore(work.place.database, Path(file), now=work.now)
    put(f"Đã khôi phục từ {file}.")
    if aside is not None:
        put(f"Cơ sở dữ liệu cũ được giữ ở {aside}.")
    put("Đang tạm dừng gửi. Hãy xem lại những gì đang chờ (dondoc preview), rồi chạy dondoc resume.")
    return DONE


def resume_sending(*, unsure: bool) -> int:
    """Lift the hold; `unsure` leaves what waits to a person, since it may have been sent before."""
    from flows.steps.resuming import resume

    work = at_work()
    work.place.ready()
    resumed = resume(work.place, unsure=unsure, now=work.now, actor=actor())
    if resumed is None:
        put("Không có lệnh tạm dừng nào.")
        return DONE
    put(f"Đã cho gửi trở lại (trước đó tạm dừng vì: {resumed.reason}).")
    if unsure:
        put(f"{resumed.left} thư đáng lẽ gửi đến lúc này được để lại cho người kiểm tra, không tự gửi.")
        put("Xem ở bàn làm việc, trang Hôm nay, mục thông báo chưa đến nơi: từng thư có nút gửi lại.")
    return DONE


def move_database(to: str | None) -> int:
    """Copy everything to another database and stop sending from this one."""
    from config.settings import secret
    from store.database import Database
    from store.moving import move

    url = to or secret(os.environ, "DONDOC_MOVE_TO")
    if not url:
        return misuse("thiếu --to URL (hoặc biến DONDOC_MOVE_TO, DONDOC_MOVE_TO_FILE nếu địa chỉ có mật khẩu).")
    work = at_work()
    target = Database(url)
    copied = move(work.place.ready(), target)
    put_table(
        f"Đã chuyển sang {target.shown}",
        ("Bảng", "Số dòng", "Mã kiểm tra (hai bên bằng nhau)"),
        ((one.table, str(one.rows), one.checksum[:16]) for one in copied if one.rows),
    )
    put(f"Tổng cộng {sum(one.rows for one in copied)} dòng. Cơ sở dữ liệu cũ còn nguyên và không gửi nữa.")
    put("Hãy đặt DONDOC_DATABASE_URL thành địa chỉ mới, giữ nguyên DONDOC_KEY, rồi khởi động lại dondoc.")
    return DONE


def archive_messages(before: str) -> int:
    """Drop the words of old messages about finished work."""
    from store.archiving import archive

    try:
        until = day(before)
    except Misused as error:
        return misuse(str(error))
    work = at_work()
    assert until is not None
    if until > work.today:
        return misuse("--before phải là một ngày đã qua.")
    moment = datetime.combine(until, time(0), tzinfo=work.now.tzinfo)
    with work.place.ready().write() as connection:
        count = archive(connection, work.place.province, before=moment, now=work.now, actor=actor())
    put(f"Đã bỏ nội dung và địa chỉ của {count} thư kết thúc trước {until:%d/%m/%Y}; thông tin gửi vẫn giữ.")
    return DONE


def verify_audit(expect: str | None) -> int:
    """`expect` is an entry as it was noted elsewhere: its number, a colon and its digest."""
    from store.audit import Broken, Head, head, verify

    noted = None
    if expect is not None:
        given = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", expect.strip())
        if given is None:
            return misuse("--expect phải có dạng SỐ:MÃ, mã gồm 64 chữ số hệ 16, như dondoc audit verify in ra.")
        noted = Head(entry=int(given[1]), digest=given[2])
    work = at_work()
    with work.place.ready().read() as connection:
        result = verify(connection, work.place.province, noted)
        last = head(connection, work.place.province)
    if isinstance(result, Broken):
        return fail(f"nhật ký bị sửa từ mục {result.entry}: {result.reason}.")
    put(f"Nhật ký nguyên vẹn: {result} mục" + (f", mã cuối {last.entry}:{last.digest}" if last else ""))
    return DONE
