"""The sentences by which a person can check how a date was reached."""

from __future__ import annotations

from datetime import date

from deadlines.calendar import WEEKDAYS, Calendar
from deadlines.types import Condition, Unit

_UNITS = {
    Unit.DAYS: "ngày",
    Unit.WORKING_DAYS: "ngày làm việc",
    Unit.WEEKS: "tuần",
    Unit.MONTHS: "tháng",
    Unit.YEARS: "năm",
}


def d(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def day_before(named: date, on: date) -> str:
    return f"“Trước ngày {d(named)}”: ngày cuối để hoàn thành là ngày liền trước, {d(on)}."


def named_is_last(named: date) -> str:
    return f"Theo cấu hình, “trước ngày {d(named)}” tính cả ngày {d(named)}."


def year_found(on: date, issued: date) -> str:
    return f"Văn bản không ghi năm: lấy lần đầu tiên kể từ ngày ban hành kế hoạch {d(issued)}, là {d(on)}."


def year_missing() -> str:
    return "Văn bản không ghi năm và kế hoạch không có ngày ban hành đầy đủ: cần người dùng đặt ngày."


def plan_undated() -> str:
    return "Thời hạn tính từ ngày ban hành kế hoạch nhưng kế hoạch không có ngày ban hành đầy đủ."


def counted(start: date, amount: int, unit: Unit, on: date) -> str:
    law = "Điều 147, 148 Bộ luật Dân sự 2015"
    return f"Tính {amount} {_UNITS[unit]} từ ngày {d(start)}, không tính ngày đó ({law}): {d(on)}."


def counted_by_default(start: date, amount: int, unit: Unit, on: date) -> str:
    return (
        f"Văn bản không ghi thời gian sau sự kiện: theo cấu hình, tính {amount} {_UNITS[unit]}"
        f" từ ngày {d(start)}, không tính ngày đó: {d(on)}."
    )


def awaited_document(condition: Condition) -> str:
    if condition.after_task is not None:
        return f"nhiệm vụ {condition.after_task} hoàn thành"
    what = condition.instrument or "sự kiện"
    number = f" số {condition.number}" if condition.number else ""
    who = f" của {', '.join(condition.actors)}" if condition.actors else ""
    return f"{what}{number}{who}"


def waiting(condition: Condition) -> str:
    return f"Đang chờ {awaited_document(condition)}: chưa có hạn."


def gate_shut(condition: Condition) -> str:
    return f"Đang chờ {awaited_document(condition)}: ngày in trong kế hoạch giữ nguyên nhưng chưa tính quá hạn."


def manner(condition: Condition) -> str:
    return f"Thực hiện theo {awaited_document(condition)}: hạn đã in vẫn tính như thường."


def passed_by(condition: Condition) -> str:
    what = " ".join(filter(None, (condition.act, condition.instrument)))
    return f"“{what}” là việc phát sinh, không biết trước: không phải chờ, thời hạn khác đã in vẫn tính."


def followed(condition: Condition) -> str:
    return (
        f"Ngày in là dự kiến theo {awaited_document(condition)}: vẫn nhắc,"
        " không tính quá hạn cho đến khi được xác nhận."
    )


def uncertain() -> str:
    return "Ngày in là dự kiến: vẫn nhắc, không tính quá hạn cho đến khi được xác nhận."


def gate_open_late(printed: date, opened: date, on: date) -> str:
    return f"Khi điều kiện xảy ra (ngày {d(opened)}) thì ngày in {d(printed)} đã qua: hạn mới là {d(on)}."


def gate_open(opened: date) -> str:
    return f"Điều kiện đã xảy ra ngày {d(opened)}: tính hạn theo ngày in trong kế hoạch."


def confirmed() -> str:
    return "Căn cứ mà thời hạn đi theo đã được xác nhận: ngày in là hạn chính thức."


def extended(printed: date | None, on: date) -> str:
    if printed is None or printed == on:
        return f"Hạn được ấn định là {d(on)}."
    return f"Hạn {d(printed)} được điều chỉnh thành {d(on)}."


def first_of_many(on: date, start: date | None) -> str:
    since = f" kể từ ngày {d(start)}" if start else ""
    return f"Lặp lại theo kỳ; hạn đầu tiên{since} là {d(on)}."


def reporting(on: date) -> str:
    return f"Không có hạn hoàn thành: báo cáo theo kỳ (Nghị định 09/2019/NĐ-CP); kỳ báo cáo tới là ngày {d(on)}."


def opening(on: date) -> str:
    return f"Bắt đầu thực hiện từ ngày {d(on)}."


def no_date() -> str:
    return "Không có ngày nào trong thời hạn: cần người dùng đặt ngày."


def due(on: date, aim: date, late_from: date | None, calendar: Calendar) -> str:
    """The due date with its weekday and, on a day off, the working day that reminders work toward."""
    why = calendar.why_off(on)
    text = f"Hạn {d(on)} ({WEEKDAYS[on.weekday()]})"
    if why is not None:
        named = "" if why == WEEKDAYS[on.weekday()] else f" ({why})"
        side = "liền trước" if aim < on else "tiếp theo"
        text += f" rơi vào ngày nghỉ{named}: nhắc hướng tới ngày làm việc {side}, {d(aim)}"
    text += f"; quá hạn tính từ {d(late_from)}." if late_from else "; không tính quá hạn."
    if calendar.is_provisional(on.year):
        text += f" Lịch nghỉ năm {on.year} chưa có văn bản chính thức nên ngày làm việc là tạm tính."
    return text
