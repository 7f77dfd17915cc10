"""Where a sentence names a date or a rhythm that gives somebody a deadline, and where it only seems to.

Most dates in a plan belong to cited documents, and most periods to the names of schemes; those are left
out. What the words mean is read later, by the grammar of deadlines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plans.prose_agencies import subject_of

_YEAR = r"(?:19|20)\d{2}"
_DAY = (
    r"(?:\d{1,2}\s*(?:giờ|h)\s*(?:\d{1,2}\s*(?:phút)?)?,?\s*)?"
    rf"ngày\s+(?:mùng\s+)?\d{{1,2}}(?:\s*(?:/|\.|-|tháng)\s*\d{{1,2}}(?:\s*(?:/|\.|-|năm)\s*{_YEAR})?)?"
    r"(?:\s+(?:của\s+)?(?:các\s+)?tháng\s+(?:cuối|đầu|sau|kế tiếp|liền kề)(?:\s+(?:của\s+)?(?:mỗi\s+)?quý)?)?"
)
_PLAIN_DAY = rf"\d{{1,2}}/\d{{1,2}}(?:/{_YEAR})?"
_EVERY = r"(?:hằng|hàng|mỗi|các)\s+(?:năm|quý|tháng|tuần)(?:\s*,\s*(?:hằng |hàng )?(?:năm|quý|tháng))*"
_HOUR = r"\d{1,2}\s*(?:giờ|h)(?:\s*\d{2})?(?:\s*phút)?"
_WEEKDAY = r"(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)"
_PERIOD = (
    rf"(?:(?:hết|cuối|đầu)\s+)?(?:tháng\s*\d{{1,2}}(?:\s*(?:/|-|năm)\s*{_YEAR})?"
    rf"|quý\s*(?:[IV]{{1,3}}|[1-4])(?:\s*(?:/|-|năm)?\s*{_YEAR})?"
    rf"|(?:6|sáu)\s*tháng\s+(?:đầu|cuối)\s+năm(?:\s*{_YEAR})?|năm\s*{_YEAR})"
)
_WHEN = rf"(?:{_DAY}|{_PLAIN_DAY}|{_PERIOD})"
_RHYTHM = r"(?:(?:hằng|hàng|01|một)\s+)?(?:(?:0?[369]|ba|sáu|chín)\s*tháng|tháng|quý|năm)(?:\s*\([^()]{3,50}\))?"
_AFTER = r"(?:\s*,?\s*(?:kể )?từ\s+(?:ngày|khi)[^.;,()]{0,80}|\s+sau\s+khi[^.;,()]{0,80})?"
_COUNT = r"\(?\d{1,3}\)?(?:\s*\([^()]{1,20}\))?\s+(?:ngày(?:\s+làm việc)?|tuần|tháng)"

_HARD = (
    rf"(?:định kỳ\s+(?:{_EVERY}\s+)?[^.;()]{{0,120}}?|(?:hằng|hàng)\s+(?:năm|quý"
    rf"|tháng),\s+)?(?:trước|chậm nhất(?:\s+(?:là|vào|đến|trong|trước))*"
    r"|muộn nhất(?:\s+(?:là|vào))*|không\s+(?:quá|muộn hơn|chậm hơn)|xong\s+trong|đến\s+hết"
    rf"|(?:xong|hoàn thành|gửi|báo cáo)\s+vào)\s+{_WHEN}(?:\s*,?\s*{_EVERY})?",
    rf"(?:hoàn thành\s+|thời gian\s+|thực hiện\s+)?(?:ngay\s+)?trong\s+{_PERIOD}(?:\s+{_EVERY})?",
    rf"(?:trong\s+(?:thời hạn|vòng|thời gian)|chậm nhất(?:\s+(?:là|sau|trong))?|không quá)\s+{_COUNT}{_AFTER}",
    rf"vào\s+{_DAY}\s*,?\s*{_EVERY}",
    rf"định kỳ\s+{_RHYTHM}(?:\s*(?:,|và|,\s*và)\s*{_RHYTHM})*(?:\s*,\s*đột xuất(?:\s*\([^()]{{3,40}}\))?)?",
    r"(?:ít nhất\s+)?mỗi\s+(?:năm|quý|tháng)\s+(?:ít nhất\s+)?(?:\d{1,2}|một|hai|ba)\s+(?:lần|lượt|đợt|cuộc)",
    rf"(?:định kỳ\s+)?(?:(?:vào|trước)\s+)?(?:{_HOUR}\s+)?{_WEEKDAY}\s*,?\s*(?:hằng|hàng|mỗi)\s+tuần",
    rf"(?:hằng|hàng|mỗi)\s+(?:ngày|tuần)\s*,?\s*trước\s+{_HOUR}(?:\s+{_WEEKDAY})?",
    rf"trước\s+{_HOUR}(?:\s+{_WEEKDAY})?\s*,?\s*(?:hằng|hàng|mỗi)\s+(?:ngày|tuần)",
    r"(?:hằng|hàng)\s+(?:năm|quý|tháng)\s*\((?:trước|chậm nhất)[^()]{3,40}\)",
    rf"trong\s+(?:các\s+)?năm\s+{_YEAR}\s*(?:[-–,]|và)\s*{_YEAR}",
    r"(?:ít nhất\s+)?\d{1,2}\s+lần\s*(?:/|một|mỗi)\s*(?:năm|quý|tháng)",
)
_SOFT = (
    rf"từ\s+(?:{_DAY}|{_PLAIN_DAY})\s+đến\s+(?:hết\s+)?(?:{_DAY}|{_PLAIN_DAY})(?:\s*,?\s*{_EVERY})?",
    rf"(?:phấn đấu\s+)?đến\s+(?:hết\s+|cuối\s+)?(?:tháng\s*\d{{1,2}}\s*(?:/|năm)\s*)?(?:năm\s+)?{_YEAR}"
    r"(?!\s*[-–]\s*\d)",
    rf"từ\s+(?:{_DAY}|tháng\s*\d{{1,2}}\s*(?:/|năm)\s*{_YEAR}|quý\s*[IV]{{1,3}}\s*(?:/"
    rf"|năm)?\s*{_YEAR}|năm\s+{_YEAR})(?:\s+đến\s+(?:hết\s+)?{_PERIOD})?",
    rf"(?:từ nay\s+)?đến\s+(?:hết\s+)?(?:{_DAY}|năm\s+{_YEAR}(?=\s*,\s*mỗi năm))",
    rf"từ nay\s+đến\s+(?:hết\s+|cuối\s+)?năm\s+{_YEAR}",
    rf"vào\s+{_PERIOD}",
    rf"trong\s+giai đoạn\s+{_YEAR}\s*[-–]\s*{_YEAR}",
    rf"giai đoạn\s+{_YEAR}\s*[-–]\s*{_YEAR}\s*,\s*(?:mỗi|hằng|hàng)\s+năm",
)
_ALWAYS = (r"(?<!chi\s)(?<!ban\s)(?<!vụ\s)(?<!phí\s)(?<!việc\s)thường xuyên(?=,?\s+[a-zà-ỹ])",)
_OPENING = (rf"(?:trong\s+)?năm\s+{_YEAR}(?=\s*,)",)

_FIND = re.compile(
    "|".join(
        f"(?P<{name}>{'|'.join(patterns)})"
        for name, patterns in (("hard", _HARD), ("soft", _SOFT), ("opening", _OPENING), ("always", _ALWAYS))
    ),
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\(([^()]{5,170}(?:\([^()]{1,40}\)[^()]{0,60})?)\)")
_STARTS = re.compile(
    r"^(?:thời gian|thời hạn|hoàn thành|thực hiện|triển khai|xong|trình|báo cáo|trước|trong"
    r"|chậm nhất|định kỳ|(?:hằng|hàng) (?:năm|quý|tháng)"
    r"|thường xuyên|từ (?:ngày|tháng|quý|năm)|đến|quý [IV]|tháng \d|năm \d)",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"{_EVERY}|thường xuyên|định kỳ|{_WHEN}|theo (?:lộ trình|Kế hoạch số|tiến độ của)|{_COUNT}", re.IGNORECASE
)
_SCHEME = re.compile(
    r"\b(?:Chiến lược|Đề án|Chương trình|Quy hoạch|Dự án|Nghị quyết|Quyết định|Kết luận|Chỉ thị|Kế hoạch"
    r"|Luật|Nghị định|chiến lược|đề án|chương trình|quy hoạch|dự án)\b"
)
_OUTLOOK = re.compile(
    r"(?:tầm nhìn|định hướng|giai đoạn|hướng tới|và những năm|mục tiêu|chỉ tiêu)\s*$", re.IGNORECASE
)
_CLAUSE_START = re.compile(r"(?:^|[.;:,]|\bvà\b|\btrong đó\b|^\W*[-+]\s*|^\W*(?:\d+|[a-zđ])[.)]\s*)\s*$")
_AIM = re.compile(
    r"(?:phấn đấu|hoàn thành|đạt|toàn dân|xong|tối thiểu|ít nhất|sơ kết|tổng kết|báo cáo|trình"
    r"|ban hành|nghiệm thu|khởi công"
    r"|đưa vào)[^.;]{0,60}$",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:đã|so với|tính (?:đến|từ)|giai đoạn trước)\s[^.;,]{0,40}$", re.IGNORECASE)
_NO_DUTY = re.compile(
    r"(?:so với|\btính|xảy ra\b[^,;]{0,60}|ghi nhận\b[^,;]{0,60}"
    r"|thời gian (?:giải quyết|xử lý|thực hiện|chờ|điều trị|cấp)\b[^,;]{0,60})\s*$",
    re.IGNORECASE,
)
"""Before a hard date: a count, something that happened, a length of service."""
_REACH = 500
"""How far back, in characters, the words before a date are looked at."""
_DAYS = re.compile(r"từ\s+(?:ngày\s+)?\d{1,2}/.{1,20}đến\s+(?:hết\s+)?(?:ngày\s+)?\d{1,2}[/\s]", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[.;]|$)")
_TOLD = re.compile(r"\s+đến nay\b|[^.;]{0,35}\bđã\b|\s*(?:là|đạt|có)\s[^.;]{0,30}(?:tỷ|triệu|nghìn)\s+đồng")


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The words of one deadline in a paragraph.

    `bracketed`: they stand in brackets of their own; `hard`: they can hardly be anything but a deadline.
    """

    start: int
    end: int
    bracketed: bool = False
    hard: bool = True


def deadline_spans(text: str) -> tuple[Span, ...]:
    """The deadlines of a paragraph in printed order, none overlapping another."""
    quoted = [found.span() for found in re.finditer(r"“[^”]{1,400}”|\"[^\"]{1,400}\"", text)]
    found = [
        Span(start=match.start(), end=match.end(), hard=match.lastgroup == "hard")
        for match in _FIND.finditer(text)
        if not any(a < match.start() and match.end() <= b for a, b in quoted) and _gives_deadline(text, match)
    ]
    brackets = [b for b in _brackets(text) if not any(s.start < b.start and b.end < s.end for s in found)]
    taken = [*brackets, *(s for s in found if not any(b.start < s.end and s.start < b.end for b in brackets))]
    return tuple(sorted(taken, key=lambda span: span.start))


def _brackets(text: str) -> Iterator[Span]:
    for found in _BRACKET.finditer(text):
        words = found.group(1).strip()
        if _STARTS.match(words) and _TIME.search(words) and (len(words) < 45 or not words[:1].isupper()):
            inner_start = found.start(1) + (len(found.group(1)) - len(found.group(1).lstrip()))
            yield Span(start=inner_start, end=inner_start + len(words), bracketed=True)


def _gives_deadline(text: str, found: re.Match[str]) -> bool:
    before = _clause_before(text, found.start())
    opens = _CLAUSE_START.search(_near(text, found.start())) is not None
    if _TOLD.match(text[found.end() : found.end() + 60]):
        return False
    if found.lastgroup == "hard":
        return _NO_DUTY.search(before) is None
    if found.lastgroup == "opening":
        return opens and not _SCHEME.search(before)
    if found.lastgroup == "always":
        return subject_of(before.strip()) is not None
    if _OUTLOOK.search(before) or _PAST.search(before):
        return False
    words = found.group(0).lower()
    ends = _ENDS.match(text, found.end())
    if words.startswith("từ ") and ends and (_DAYS.match(words) or subject_of(before.strip())):
        return True
    if words.startswith(("giai đoạn", "trong giai")):
        return True
    if words.startswith("vào"):
        return _AIM.search(before) is not None
    if opens:
        return not _in_scheme_name(before)
    return not _SCHEME.search(before) and _AIM.search(before) is not None


def _in_scheme_name(before: str) -> bool:
    """A comma inside the name of a scheme ("Chiến lược … 2020 - 2030, tầm nhìn đến năm 2040")."""
    return bool(_SCHEME.search(before)) and before.rstrip().endswith("và")


def _clause_before(text: str, start: int) -> str:
    """From the last full stop or semicolon to the words."""
    first = max(0, start - _REACH)
    return text[max(text.rfind(". ", first, start), text.rfind(";", first, start), first - 1) + 1 : start]


def _near(text: str, start: int) -> str:
    """The last words before a place; a mark stands for what is left out, so that "^" means the beginning."""
    return text[:start] if start <= 60 else "\x00" + text[start - 60 : start]
