"""What each rule does, in one short Vietnamese sentence, for `dondoc explain`."""

from __future__ import annotations

_DATES = {
    "date": "ngày ghi đủ ngày, tháng, năm",
    "day-month": "ngày ghi bằng số ngày/tháng",
    "day-tháng-month": "ngày ghi dạng “15 tháng 6”",
    "day-of-month": "một ngày trong tháng",
    "day-months-two-digit-year": "ngày ghi năm bằng hai chữ số, hiểu là năm 20xx",
    "day-or-months": "hai số và năm, hiểu là một ngày",
    "months-or-day": "hai số và năm, hiểu là khoảng tháng",
    "month": "tháng: hạn là ngày cuối tháng",
    "month-year": "tháng/năm: hạn là ngày cuối tháng",
    "start-of-month": "đầu tháng: ngày đầu tháng (Điều 146 Bộ luật Dân sự 2015)",
    "middle-of-month": "giữa tháng: ngày 15 (Điều 146 Bộ luật Dân sự 2015)",
    "end-of-month": "cuối tháng: ngày cuối tháng (Điều 146 Bộ luật Dân sự 2015)",
    "first-ten-days": "thượng tuần: đến ngày 10",
    "second-ten-days": "trung tuần: đến ngày 20",
    "last-ten-days": "hạ tuần: đến ngày cuối tháng",
    "first-week": "tuần đầu của tháng: đến ngày 7",
    "week-of-month": "tuần thứ mấy của tháng: bảy ngày mỗi tuần, tính từ ngày 1",
    "last-week": "tuần cuối của tháng: đến ngày cuối tháng",
    "quarter": "quý: hạn là ngày cuối quý",
    "glued-quarter": "quý viết liền (QI, QII…): hạn là ngày cuối quý",
    "start-of-quarter": "đầu quý: ngày đầu quý",
    "middle-of-quarter": "giữa quý: ngày 15 tháng giữa quý",
    "end-of-quarter": "cuối quý: ngày cuối quý",
    "first-quarter": "quý đầu của năm",
    "last-quarter": "quý cuối của năm",
    "rest-of-year": "những tháng còn lại: đến ngày 31/12",
    "first-months": "mấy tháng đầu năm: đến hết tháng thứ mấy đó",
    "last-months": "mấy tháng cuối năm: đến ngày 31/12",
    "first-half": "nửa đầu năm: đến ngày 30/6",
    "second-half": "nửa cuối năm: đến ngày 31/12",
    "start-of-year": "đầu năm: ngày 01/01 (Điều 146 Bộ luật Dân sự 2015)",
    "middle-of-year": "giữa năm: ngày 30/6 (Điều 146 Bộ luật Dân sự 2015)",
    "end-of-year": "cuối năm: ngày 31/12 (Điều 146 Bộ luật Dân sự 2015)",
    "so-many-months-of-year": "3, 6 hoặc 9 tháng của năm: đến hết tháng đó",
    "year": "năm: hạn là ngày 31/12",
    "days-of-month": "khoảng ngày trong một tháng",
    "quarters-of-year": "khoảng quý trong năm",
    "months-of-year": "khoảng tháng trong năm",
    "months-to-month": "từ tháng đến tháng",
    "list-of-days": "nhiều ngày được liệt kê",
    "list-of-quarters": "nhiều quý được liệt kê",
    "list-of-months": "nhiều tháng được liệt kê",
    "document": "số và ngày của văn bản được viện dẫn, không phải thời hạn",
}
_RHYTHMS = {
    "day-of-quarter-end": "một ngày của tháng cuối mỗi quý",
    "day-of-quarter-start": "một ngày của tháng đầu mỗi quý",
    "day-after-quarter": "một ngày của tháng đầu quý sau",
    "day-of-half-end": "một ngày của tháng cuối mỗi sáu tháng",
    "day-of-every-month": "một ngày của mỗi tháng",
    "month-then-day": "hằng tháng, vào một ngày",
    "end-of-every-month": "cuối mỗi tháng",
    "last-week-of-month": "tuần hoặc ngày làm việc cuối mỗi tháng: tính đến ngày cuối tháng",
    "first-week-of-month": "tuần đầu mỗi tháng: đến ngày 7",
    "end-of-every-quarter": "cuối mỗi quý",
    "end-of-every-year": "cuối mỗi năm: ngày 31/12",
    "middle-of-every-year": "giữa mỗi năm: ngày 30/6",
    "start-of-every-year": "đầu mỗi năm: ngày 01/01",
    "weekday": "một thứ trong mỗi tuần",
    "week-weekday": "hằng tuần, vào một thứ",
    "list-of-units": "nhiều kỳ được liệt kê (quý, 6 tháng, năm): hạn là ngày cuối mỗi kỳ",
    "every-working-day": "hằng ngày",
    "times-every-year": "mấy lần mỗi năm: chia đều trong năm",
    "times-a-year": "mấy lần một năm: chia đều trong năm",
    "one-year-times": "một năm mấy lần: chia đều trong năm",
    "year-times": "năm/mấy lần: chia đều trong năm",
    "every-so-many-months": "mấy tháng một lần",
    "times-per-months": "một lần mỗi mấy tháng",
    "every-so-many-years": "mấy năm một lần",
    "times-per-years": "một lần mỗi mấy năm",
    "each-six-months": "mỗi mấy tháng",
    "each-years": "mỗi mấy năm",
    "half-year": "nửa năm một lần: 30/6 và 31/12",
    "each-half-year": "mỗi nửa năm: 30/6 và 31/12",
    "periodic-unit": "định kỳ theo tháng, quý hoặc năm",
    "yearly": "thường niên: ngày 31/12 hằng năm",
}
_UNITS = {"day": "ngày", "week": "tuần", "month": "tháng", "quarter": "quý", "year": "năm"}
_UNIT_RULES = {
    "once-every-{}": "mỗi {} một lần",
    "one-time-per-{}": "một lần mỗi {}",
    "{}-one-time": "{}/lần",
    "one-{}-one-time": "một {} một lần",
    "every-{}": "hằng {}: hạn là ngày cuối kỳ",
    "by-the-{}": "theo {}: hạn là ngày cuối kỳ",
}
_LENGTHS = {
    "working-days": "số ngày làm việc",
    "days": "số ngày",
    "weeks": "số tuần",
    "months-long": "số tháng",
    "quarters-long": "số quý, mỗi quý ba tháng",
    "years-long": "số năm",
    "hours": "số giờ, làm tròn lên thành ngày",
}
_CLAUSES = {
    "by-period": "hoàn thành trong thời gian đã ghi, chậm nhất ngày cuối",
    "before": "trước một ngày: ngày cuối để hoàn thành là ngày liền trước",
    "from": "bắt đầu từ một ngày, không ghi ngày kết thúc",
    "onward": "từ một thời gian trở đi, không ghi ngày kết thúc",
    "after": "sau một ngày: bắt đầu từ ngày liền sau",
    "from-now-to": "từ nay đến một ngày: hạn là ngày đó",
    "from-to": "từ ngày đến ngày",
    "from-to-onward": "giai đoạn và những năm tiếp theo: chỉ có ngày bắt đầu",
    "period-of-parts": "một khoảng thời gian",
    "years-of-plan": "giai đoạn của kế hoạch nhiều năm",
    "list-of-periods": "nhiều thời hạn được liệt kê",
    "days-to-date": "từ ngày đến ngày trong một tháng",
    "days-to-day": "từ ngày đến ngày trong một tháng, không ghi năm",
    "date-inside-period": "ngày cụ thể trong khoảng thời gian: lấy ngày cụ thể",
    "hour-of-day": "giờ và ngày: lấy ngày",
    "counted-from-day": "thời gian tính từ một ngày, không tính ngày đó",
    "counted-after-day": "thời gian tính sau một ngày, không tính ngày đó",
    "within-the-year": "trong năm: đến ngày 31/12",
    "every": "định kỳ",
    "hour-of-every": "giờ và ngày định kỳ: lấy ngày",
    "before-every": "trước một ngày định kỳ: hạn là ngày liền trước",
    "date-every-year": "một ngày hoặc thời gian của mỗi năm",
    "before-date-every-year": "trước một ngày của mỗi năm: hạn là ngày liền trước",
    "every-year-by-date": "hằng năm, vào một ngày",
    "every-year-before-date": "hằng năm, trước một ngày: hạn là ngày liền trước",
    "date-to-date-every-year": "từ ngày đến ngày của mỗi năm: hạn là ngày sau",
    "range-every-year": "một khoảng thời gian của mỗi năm: hạn là ngày cuối",
    "days-every-year": "nhiều ngày của mỗi năm",
    "days-a-year": "nhiều ngày không ghi năm: hiểu là của mỗi năm",
    "two-days-every-year": "hai ngày của mỗi năm",
    "two-days-a-year": "hai ngày không ghi năm: hiểu là của mỗi năm",
    "every-until": "định kỳ đến hết một thời gian",
    "every-since": "định kỳ từ một thời gian",
    "every-from-to": "định kỳ trong một khoảng thời gian",
    "unit-with-date": "kỳ báo cáo và ngày của kỳ đó",
    "unit-with-yearly-date": "kỳ báo cáo và ngày hằng năm của kỳ đó",
    "unit-with-rhythm": "kỳ báo cáo và ngày định kỳ",
    "half-year-with-date": "báo cáo sáu tháng và ngày của kỳ đó",
    "every-on-day": "định kỳ, vào một ngày của kỳ",
    "every-before-day": "định kỳ, trước một ngày của kỳ: hạn là ngày liền trước",
    "every-on-day-of-last-month": "định kỳ, theo ngày của tháng cuối kỳ báo cáo",
    "month-day": "hằng tháng, theo ngày ghi trong ngoặc",
    "steadily": "thực hiện liên tục",
    "ongoing": "thực hiện thường xuyên, không có ngày kết thúc",
    "periodic": "định kỳ nhưng không ghi kỳ: coi là thường xuyên",
    "periodic-act": "định kỳ nhưng không ghi ngày",
    "urgent": "yêu cầu khẩn trương, không ghi ngày",
    "no-date": "không ghi ngày cụ thể",
    "phases": "theo từng giai đoạn, không ghi ngày",
    "tentative": "dự kiến: ngày chưa chắc chắn",
    "note": "phần ghi chú, không nói về thời gian",
}
_CONDITIONS = {
    "ad-hoc": "đột xuất",
    "ad-hoc-when": "đột xuất khi có việc phát sinh",
    "ad-hoc-on-demand": "đột xuất theo yêu cầu",
    "ad-hoc-if-needed": "khi thấy cần",
    "if": "nếu có việc phát sinh",
    "if-any": "nếu có",
    "when-asked": "khi có yêu cầu",
    "when-asked-by": "khi một cơ quan yêu cầu",
    "when-arising": "khi phát sinh",
    "since-issue": "tính từ ngày ban hành kế hoạch này",
    "after-task": "sau khi một nhiệm vụ khác của kế hoạch hoàn thành",
    "within-after-task": "trong một thời gian kể từ khi nhiệm vụ khác hoàn thành",
    "reference": "theo thời hạn ghi trong văn bản khác",
    "following": "theo lộ trình, kế hoạch hoặc hướng dẫn của cơ quan khác: ngày là dự kiến",
    "condition-not-read": "điều kiện ghi trong tên nhiệm vụ chưa đọc được, cần người xem",
}
_EVENTS = {
    "document-of-issued": "có văn bản do một cơ quan ban hành",
    "document-of-about": "có văn bản của một cơ quan về một việc",
    "document-of": "có văn bản của một cơ quan",
    "document-passed": "văn bản được ban hành, thông qua hoặc phê duyệt",
    "document-issued": "có văn bản mới ban hành",
    "document": "có văn bản",
    "submitted-issued": "cấp có thẩm quyền ban hành, thông qua văn bản do cơ quan khác trình",
    "issued-by": "một cơ quan ban hành, phê duyệt hoặc thông qua văn bản",
    "actor-has": "một cơ quan có văn bản",
    "issued-by-unnamed": "một cơ quan ban hành, phê duyệt hoặc thông qua",
    "is-issued-by": "văn bản được một cơ quan ban hành",
    "is-issued": "văn bản được ban hành, có hiệu lực",
    "is-approved-by": "được một cơ quan phê duyệt",
    "is-approved": "được phê duyệt",
    "enacted": "ban hành, có hiệu lực",
    "received": "nhận được văn bản",
    "done": "hoàn thành hoặc kết thúc một việc",
    "issue-of": "ban hành văn bản",
    "act-done": "làm xong một việc",
}


def _all() -> dict[str, str]:
    said = {**_DATES, **_RHYTHMS, **_LENGTHS, **_CLAUSES, **_CONDITIONS}
    for unit, word in _UNITS.items():
        said.update({name.format(unit): words.format(word) for name, words in _UNIT_RULES.items()})
    for form, words in _EVENTS.items():
        said[f"after-{form}"] = f"sau khi {words}"
        said[f"within-{form}"] = f"trong một thời gian kể từ khi {words}"
    for form in ("document-of", "is-issued", "issued-by"):
        said[f"after-{form}-then"] = f"một thời gian sau khi {_EVENTS[form]}"
    return said


SAID = _all()


def sentence(rule: str) -> str:
    """What a rule does, by the name that `Evidence.rule` bears. Raises KeyError for an unknown name."""
    if rule.startswith("title:"):
        return f"điều kiện trong tên nhiệm vụ: {sentence(rule.removeprefix('title:'))}"
    if rule.endswith("-without-year"):
        return f"{SAID[rule.removesuffix('-without-year')]}; không ghi năm"
    return SAID[rule]
