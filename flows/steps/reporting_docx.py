"""The leader's report in the form of Nghị định 30/2020/NĐ-CP, for a person to finish and sign."""

from __future__ import annotations

from datetime import datetime

from config.settings import Office
from deadlines.status import Status
from flows.steps.numbers import number
from flows.steps.official_docx import CENTRE, Official, issuer_of
from flows.steps.reporting import Figures, Report, Standing

STATUS = {
    Status.DONE_IN_TIME: "Đã hoàn thành đúng hạn",
    Status.DONE_LATE: "Đã hoàn thành quá hạn",
    Status.OPEN_IN_TIME: "Chưa hoàn thành, trong hạn",
    Status.OPEN_LATE: "Chưa hoàn thành, quá hạn",
}
_AGENCIES = (
    ("TT", 10.0),
    ("Cơ quan chủ trì", 38.0),
    ("Tổng số", 13.0),
    ("Đã hoàn thành đúng hạn", 20.0),
    ("Đã hoàn thành quá hạn", 20.0),
    ("Chưa hoàn thành, trong hạn", 20.0),
    ("Chưa hoàn thành, quá hạn", 20.0),
    ("Số ngày quá hạn nhiều nhất", 18.0),
    ("Số ngày quá hạn bình quân", 16.0),
)
_LATE = (
    ("TT", 12.0),
    ("Nhiệm vụ", 102.0),
    ("Văn bản giao", 50.0),
    ("Cơ quan chủ trì", 45.0),
    ("Thời hạn", 28.0),
    ("Số ngày quá hạn", 20.0),
)


def report_docx(report: Report, office: Office, *, now: datetime) -> bytes:
    """Báo cáo: the figures by agency, and the overdue tasks as an annex."""
    period = f"từ ngày {report.first:%d/%m/%Y} đến ngày {report.last:%d/%m/%Y}"
    made = Official(f"Báo cáo tình hình thực hiện nhiệm vụ {period}", now)
    made.head(issuer_of(office), f"BC-{office.symbol}", now)
    made.say("", indent=False)
    made.say("BÁO CÁO", align=CENTRE, indent=False, bold=True)
    made.say(f"Tình hình thực hiện nhiệm vụ được giao {period}", align=CENTRE, indent=False, bold=True)
    for words in _summary(report):
        made.say(words)
    rows = [_row(str(at), one) for at, one in enumerate(report.agencies, start=1)]
    made.table(_AGENCIES, [*rows, _row("", report.total)], size=11)
    if report.overdue:
        made.say("Chi tiết các nhiệm vụ quá hạn tại Phụ lục kèm theo.", before=6)
    made.say(f"{office.name} kính báo cáo./.", before=6)
    made.close(("Lãnh đạo UBND tỉnh (để báo cáo)", "Các cơ quan chủ trì", "Lưu: VT"))
    if report.overdue:
        dated = f"ngày       tháng       năm {now.year}"
        belongs = f"Kèm theo Báo cáo số          /BC-{office.symbol} {dated} của {office.name}"
        made.annex("PHỤ LỤC", f"DANH MỤC NHIỆM VỤ QUÁ HẠN TÍNH ĐẾN NGÀY {report.last:%d/%m/%Y}", belongs)
        made.table(_LATE, [_late(at, line) for at, line in enumerate(report.overdue, start=1)], size=12)
    return made.bytes()


def _summary(report: Report) -> list[str]:
    total = report.total
    late = [one for one in report.agencies if one.open_late and one.code]
    words = [
        f"Tổng số nhiệm vụ theo dõi trong kỳ: {number(total.total)}. Trong đó: đã hoàn thành "
        f"{number(total.done_in_time + total.done_late)} nhiệm vụ (đúng hạn {number(total.done_in_time)}, quá hạn "
        f"{number(total.done_late)}); chưa hoàn thành {number(total.open_in_time + total.open_late)} nhiệm vụ "
        f"(trong hạn {number(total.open_in_time)}, quá hạn {number(total.open_late)})."
    ]
    if late:
        named = "; ".join(f"{one.name} ({number(one.open_late)} nhiệm vụ)" for one in late[:5])
        words.append(
            f"Số ngày quá hạn nhiều nhất là {number(total.most_late)}, bình quân là {mean(total.mean_late)}. "
            f"Các cơ quan có nhiều nhiệm vụ quá hạn: {named}."
        )
    words.append("Kết quả cụ thể của từng cơ quan như sau:")
    return words


def _row(position: str, one: Figures) -> tuple[str, ...]:
    counts = (one.total, one.done_in_time, one.done_late, one.open_in_time, one.open_late, one.most_late)
    return (position, one.name, *(number(count) for count in counts), mean(one.mean_late))


def _late(position: int, line: Standing) -> tuple[str, ...]:
    title = f"[{line.number}] {line.title}" if line.number else line.title
    due = f"{line.due:%d/%m/%Y}" if line.due else ""
    return (str(position), title, line.plan, line.name, due, number(line.days_late))


def mean(value: float) -> str:
    """One decimal, with a comma: 12,5."""
    return f"{value:.1f}".replace(".", ",") if value else "0"
