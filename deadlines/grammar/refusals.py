"""Texts that name a time and still give no deadline, with the reason that a person is told."""

from __future__ import annotations

import re
from functools import cache

from deadlines.grammar import clauses as _clauses  # noqa: F401  (defines the words that follow)
from deadlines.grammar.chart import LONGEST
from deadlines.grammar.pattern import expression
from deadlines.grammar.reduction import reduce

PAST = "Nói về việc đã làm xong, không phải thời hạn."
AGENCIES = "Mỗi cơ quan có thời hạn riêng: cần tách thành từng nhiệm vụ."
SCHOOL = "Theo năm học: ngày bắt đầu và kết thúc do khung kế hoạch thời gian năm học của tỉnh quy định."
SESSION = "Theo kỳ họp: ngày họp chưa có trong văn bản, cần người đặt ngày."
REPORT = "Theo kỳ báo cáo nhưng không ghi là tháng, quý, 6 tháng hay năm."
LENGTH = "Quá dài để là một thời hạn."

_BEGINS = r"(?:^|" + expression("( , | ; | . | : | LP | - | + | <PpR> | và | nhưng )") + ")"
_DID = _BEGINS + expression(
    "( ( cơ bản | hiện | đến nay | ORG ( VERBLIKE | WC )*? )? đã ( được | cơ bản )* "
    "( xong | có | DOING | ISSUING ) )"
)
_ALREADY = re.compile(expression("( đã )"))
_EACH_ITS_OWN = (
    f"(?:^|{expression('( , | ; | . | + | và )')}){expression('( đối với )? ORG')}[^PpQqRrE;.]{{1,20}}[PpQqRrE]"
)
_NAMED_BEFORE = f"{expression('ORG')}[^PpQqRrE;.]{{0,16}}{expression('( : | LP | - ) BY ( ngày )? <PpQqRrE>')}"
_SCHOOL = re.compile(expression("năm học | học kỳ"))
_SESSION = re.compile(expression("( kỳ họp | đại hội )"))
_REPORT = re.compile(expression("kỳ báo cáo"))


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


def speaks_of_the_past(signs: str) -> bool:
    """ "Đã hoàn thành năm 2025", "UBND tỉnh đã ban hành tháng 3/2025"; not "sau khi đã có Nghị định"."""
    if not _ALREADY.search(signs) or len(signs) > LONGEST:
        return False
    return any(_compiled(_DID).search(way.signs) for way in reduce(signs))


def reason(signs: str) -> str | None:
    """Why a text that no rule reads gives no deadline, where that can be told."""
    if not signs or len(signs) > LONGEST:
        return None
    if _SCHOOL.search(signs):
        return SCHOOL
    if _SESSION.search(signs):
        return SESSION
    if _REPORT.search(signs):
        return REPORT
    reduced = reduce(signs)[0].signs
    several = len(_compiled(_EACH_ITS_OWN).findall(reduced)) > 1 or _compiled(_NAMED_BEFORE).match(reduced)
    return AGENCIES if several else None
