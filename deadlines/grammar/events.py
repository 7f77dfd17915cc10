"""The forms in which an awaited event is printed, and the condition that each comes to."""

from __future__ import annotations

import re

from deadlines.grammar.actors import actors_of
from deadlines.grammar.clause import Clause
from deadlines.grammar.pattern import define
from deadlines.text import bare
from deadlines.types import Condition

_NUMBER = re.compile(r"\d{1,5}[a-zđ]?(?:/\d{4})?(?:/|[-–—‐‑‒−]\s?)[\wđĐ/&–—‐‑‒−-]*\w", re.IGNORECASE)
_ACTS_IN_NAMES = ("phê duyệt", "chấp thuận", "công nhận", "thông qua", "ban hành")

EVENTS = {
    "document-of-issued": "có {instrument:CF+?} của {actors:ISSUERS} ( được | đã | mới )+ {act:ISSUE}",
    "document-of-about": "có {instrument:CF+?} của {actors:ORG ( VERBLIKE | WC )*?} {about:ABOUT CF*}",
    "document-of": "có {instrument:CF+?} ( của | từ | do ) {actors:ACTORS}",
    "document-passed": "có {instrument:CF+?} ( được | đã )+ {act:ENACT}",
    "document-issued": "có {instrument:CF+?} {act:NEWLY}",
    "document": "có {instrument:CF+}",
    "submitted-issued": "ORG ( VERBLIKE | WC )*? SUBMITS {actors:ISSUERS} BE? ( xem xét | và | , )* {act:PASSES} "
    "( các | những | mới )? ( {instrument:CF+} )?",
    "issued-by": "{actors:ISSUERS} BE? {act:ISSUE} ( về | các | những | mới )? {instrument:CF+}",
    "actor-has": "{actors:ISSUERS} có {instrument:DOC CF*}",
    "issued-by-unnamed": "{actors:ISSUERS} BE? {act:ISSUE}",
    "is-issued-by": "{instrument:DOCS} ( được | đã được | do ) {actors:ISSUERS} {act:ISSUE}",
    "is-issued-of": "{instrument:DOCS} của {actors:ORG ( VERBLIKE | WC )*?} BE* {act:ENACT}",
    "is-issued": "{instrument:DOCS} BE* {act:ISSUE}",
    "is-approved-by": "được {actors:ISSUERS} {act:ISSUE} {instrument:CF*}",
    "is-approved": "được {act:ISSUE} {instrument:CF*}",
    "enacted": "{act:ENACT}",
    "received-from": "( nhận | tiếp nhận ) ( được | đủ )? {instrument:CF+?} ( của | từ ) {actors:ACTORS}",
    "received": "( nhận | tiếp nhận ) ( được | đủ )? {instrument:CF+}",
    "done": "( hoàn thành | hoàn thiện | kết thúc | thực hiện xong | xong ) {instrument:CF+}",
    "year-done": "( hoàn thành | kết thúc ) {instrument:YEARKIND}",
    "issue-of": "{act:ISSUE} {instrument:DOC CF*}",
    "act-done": "{act:ISSUE1} {instrument:CF+}",
}
"""The forms of an event, the most exact first."""
define("ACTORS", "ORG CF*")
define("DOCS", "DOC CF*?")
define(
    "ENACT",
    "( ban hành | phê duyệt | thông qua | công bố | ký | ký ban hành | có hiệu lực | chấp thuận | duyệt "
    "| ban hành mới )",
)
define("SUBMITS", "( ( tham mưu | báo cáo | xin ý kiến | đề nghị | kiến nghị | trình )+ ( cho | với )? )")
define("PASSES", "( ENACT | cho ý kiến | đồng ý )")
define("YEARKIND", "( năm học | học kỳ ( <oa> | ii | i )? | năm ( tài chính | ngân sách | kế hoạch ) | niên độ )")
define("NEWLY", "( ban hành ( mới )? | ký ban hành | có hiệu lực )")
define("ABOUT", "( hướng dẫn | quy định | về | phê duyệt | triển khai | cho | đối với | sửa đổi | thay thế )")
define("ISSUERS", "ORG ( VERBLIKE | WC | ; )*?")


def condition_of(form: str, clause: Clause) -> Condition:
    actors = actors_of(clause.text("actors")) if clause.has("actors") else ()
    instrument = _closed(f"{clause.text('instrument')} {clause.text('about')}".strip(' ,;"“”')) or None
    act = clause.text("act").strip(" ,;") or None
    if act is None:
        act = _act_in_name(instrument) if form.startswith("document") else _implied_act(form)
    number = _NUMBER.search(instrument) if instrument else None
    return Condition(
        actors=actors,
        act=act,
        instrument=instrument,
        number=number.group() if number else None,
        this_plan=_is_this_plan(form, actors, instrument),
    )


def _closed(name: str) -> str:
    """The name with the bracket that stood at the end of the text."""
    return f"{name})" if name.count("(") > name.count(")") else name


def _act_in_name(instrument: str | None) -> str:
    """ "có Quyết định phê duyệt": the act is in the document's name."""
    for act in _ACTS_IN_NAMES:
        if instrument and instrument.lower().endswith(" " + act):
            return instrument[-len(act) :].lower()
    return "có"


def _implied_act(form: str) -> str | None:
    return {
        "actor-has": "có",
        "received": "nhận",
        "received-from": "nhận",
        "done": "hoàn thành",
        "year-done": "hoàn thành",
    }.get(form)


def _is_this_plan(form: str, actors: tuple[str, ...], instrument: str | None) -> bool:
    plain = bare((instrument or "").lower())
    if form == "is-issued-of":
        return plain == "ke hoach" and [bare(actor.lower()) for actor in actors] == ["ubnd tinh"]
    this = plain in (
        "ke hoach nay",
        "quyet dinh nay",
        "chuong trinh nay",
        "de an nay",
        "van ban nay",
        "chi thi nay",
    )
    return this or (plain == "ke hoach" and not actors)
