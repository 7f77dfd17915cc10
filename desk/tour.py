"""`make run`: the main job on the sample plans of an invented province, and something to look at in the end.

It works in var/tour, never in the data of a real installation.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import Counter
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from desk.commands.printing import put, shown

SAMPLES = Path(__file__).parent.parent / "docs" / "samples"
FOLDER = Path("var/tour")


def main() -> int:
    """Read, import, run and preview the samples. Returns the exit code."""
    if not sys.stdout.isatty():
        os.environ.setdefault("COLUMNS", "120")
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith("DONDOC_")]:
        del os.environ[name]
    os.environ["DONDOC_VAR"] = str(FOLDER)
    inbox = FOLDER / "inbox"
    inbox.mkdir(parents=True)
    for sample in sorted(SAMPLES.glob("*.txt")):
        shutil.copy(sample, inbox)
    started = time.monotonic()
    day = _run_flow()
    _tell_tasks()
    _tell_coming(day)
    _tell_first_message()
    put("")
    put(f"Xong trong {time.monotonic() - started:.0f} giây. Các thư nằm trong {FOLDER / 'outbox'}.")
    put("Xem tiếp bằng dòng lệnh với dữ liệu mẫu này:")
    put("  export DONDOC_VAR=var/tour PATH=$PWD/.venv/bin:$PATH")
    put('  dondoc tasks · dondoc waiting · dondoc attention · dondoc preview · dondoc explain "Quý I/2027"')
    put("Hoặc mở bàn làm việc trên web: chạy dòng sau, đặt mật khẩu (một câu dài, ít nhất 12 ký tự), rồi vào")
    put("http://127.0.0.1:8420 với tên đăng nhập quantri. Việc đầu tiên ở đó: “nhiệm vụ chưa thể nhắc ai”.")
    with_sample = "DONDOC_VAR=var/tour .venv/bin/dondoc"
    put(f"  {with_sample} user add --role admin quantri && {with_sample} web")
    return 0


def _heading(text: str) -> None:
    put("")
    put(text)
    put("─" * len(text))


def _run_flow() -> date:
    """The daily flow on the next working morning, as it would run by itself."""
    from desk.commands.workplace import at_work
    from flows.running import run_flow

    work = at_work()
    work.place.validate()
    work.place.ready()
    day = work.place.calendar.on_or_after(work.today)
    put(f"Đôn Đốc chạy công việc của sáng {shown(day)} trên hai kế hoạch mẫu của tỉnh Phú Châu (tỉnh giả định).")
    put("Luồng Prefect đang chạy, mất chừng mười lăm giây ...")
    _, lines = run_flow(work.place.settings.var, day)
    _heading("Kết quả trong ngày")
    for line in lines:
        put(line)
    return day


def _tell_tasks() -> None:
    from desk.commands.listing import STANDINGS
    from desk.commands.printing import put_table
    from desk.commands.workplace import at_work
    from flows.steps.explaining import KINDS
    from flows.steps.listing import all_tasks, why

    work = at_work()
    with work.place.ready().read() as connection:
        tasks = all_tasks(connection, work.place)
    _heading(f"Đã đọc {len(tasks)} nhiệm vụ và hiểu thời hạn như sau")
    kinds = Counter(kind for task in tasks for kind in task.kinds)
    examples = {kind: task.deadline_text or "(để trống)" for task in reversed(tasks) for kind in task.kinds}
    names = {kind.value: name for kind, name in KINDS.items()}
    put_table(
        "",
        ("Loại thời hạn", "Số nhiệm vụ", "Ví dụ, đúng như in trong kế hoạch"),
        ((names.get(kind, "chưa hiểu được"), str(count), examples[kind]) for kind, count in kinds.most_common()),
    )
    standings = Counter(task.standing for task in tasks)
    put("Theo dõi: " + ", ".join(f"{STANDINGS[one]} {count}" for one, count in standings.most_common()) + ".")
    for task in tasks:
        if task.reason is not None:
            put(f"  cần xử lý: {task.plan_number} · {task.number}: {why(task)}")


def _tell_coming(day: date) -> None:
    from desk.commands.running import show_preview

    _heading("Sẽ nhắc trong 30 ngày tới")
    show_preview(
        first=(day + timedelta(days=1)).isoformat(), last=(day + timedelta(days=30)).isoformat(), json=False
    )


def _tell_first_message() -> None:
    """The longest reminder to an agency; the operator's morning digest is not one."""
    from desk.commands.workplace import at_work

    operator = at_work().place.settings.office.reply_to
    for path in sorted((FOLDER / "outbox").glob("*.eml"), key=lambda path: path.stat().st_size, reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if operator not in str(message["To"]):
            _show_message(path, message)
            return


def _show_message(path: Path, message: EmailMessage) -> None:
    body = message.get_body(("plain",))
    _heading(f"Một thư nhắc việc ({path.name})")
    put(f"Gửi:     {message['To']}")
    put(f"Tiêu đề: {message['Subject']}")
    put("")
    put(body.get_content().strip() if body is not None else "")


if __name__ == "__main__":
    sys.exit(main())
