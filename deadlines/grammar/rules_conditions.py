"""Rules for clauses that wait for a document, another task, or an occurrence."""

from __future__ import annotations

import re
from functools import partial

from deadlines.grammar.actors import actors_of
from deadlines.grammar.clause import Clause, Piece
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.values import Span
from deadlines.text import bare
from deadlines.types import Condition, Conditional, Term, Unspecified

_NUMBER = re.compile(r"\d{1,5}[a-zđ]?(?:/\d{4})?(?:/|[-–—‐‑‒−]\s?)[\wđĐ/&–—‐‑‒−-]*\w", re.IGNORECASE)
_ACTS_IN_NAMES = ("phê duyệt", "chấp thuận", "công nhận", "thông qua", "ban hành")

define(
    "WHEN",
    """( ( chỉ )? ( ngay | liền | kể từ | từ | tính từ  )? ( sau khi | khi | sau )
    | ( kể | tính )? từ ( khi | ngày | lúc | thời điểm ) | ngay sau ( khi | ngày )? | sau ngày
    | trên cơ sở )""",
)
define(
    "SINCE",
    """( ( ( kể | tính | bắt đầu )* từ | sau | ngay sau )? ( ngày | khi | thời điểm
    | lúc )? )""",
)
define(
    "WITHIN",
    "( trong | vòng | thời hạn | thời gian | ATMOST | sau | khoảng | tối đa | là | chậm nhất | ngay )*",
)
define("BE", "( được | đã | đã được | sẽ được | có )")
define("TASKNO", "<oabcn> ( . <oabcn> )*")
define(
    "TASKWORD",
    "( nhiệm vụ | mục | công việc | nội dung | hoạt động | bước | stt | dòng | tiểu mục ) ( số "
    "| tại mục | ở mục | thứ )?",
)
define("DONE", "( ( được | đã )* ( hoàn thành | kết thúc | xong | có kết quả ( của )? | phê duyệt ) )")
define("ADHOC", "( báo cáo )? đột xuất ( báo cáo )?")
define(
    "FOLLOW",
    "( lộ trình | tiến độ | hướng dẫn | kế hoạch | chỉ đạo | yêu cầu | chương trình | quy định "
    "| thông báo | phân công | quyết định | lịch | kết luận | chủ trương | đề nghị | định hướng )",
)

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


def _condition(form: str, clause: Clause) -> Condition:
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


def _waits(form: str, clause: Clause) -> Term | None:
    return Conditional(condition=_condition(form, clause))


def _waits_then(form: str, clause: Clause) -> Term:
    span: Span = clause["u"]
    return Conditional(condition=_condition(form, clause), offset=span.amount, unit=span.unit)


def _task(clause: Clause) -> Term:
    return Conditional(condition=Condition(after_task=clause.text("task").replace(" ", "")))


def _task_then(clause: Clause) -> Term:
    span: Span = clause["u"]
    condition = Condition(after_task=clause.text("task").replace(" ", ""))
    return Conditional(condition=condition, offset=span.amount, unit=span.unit)


def _since_issue(clause: Clause) -> Term:
    return Conditional(condition=Condition(act="ban hành", this_plan=True))


def _since_issue_then(clause: Clause) -> Term:
    span: Span = clause["u"]
    condition = Condition(act="ban hành", instrument=clause.text("instrument") or None, this_plan=True)
    return Conditional(condition=condition, offset=span.amount, unit=span.unit)


def _follows(clause: Clause) -> Term:
    condition = Condition(actors=actors_of(clause.text("actors")), act="theo", instrument=clause.text("instrument"))
    return Conditional(condition=condition)


def _occurs(act: str, clause: Clause) -> Term:
    instrument = clause.text("instrument") or None
    actors = actors_of(clause.text("actors")) if clause.has("actors") else ()
    return Conditional(condition=Condition(actors=actors, act=clause.text("act") or act, instrument=instrument))


def _reference(clause: Clause) -> Piece:
    return Piece(terms=(Unspecified(),), reference=clause.text("reference"))


def _events() -> list[ClauseRule]:
    rules = []
    for form, pattern in EVENTS.items():
        rules.append(ClauseRule(f"after-{form}", f"WHEN đã? {pattern}", partial(_waits, form), family="event"))
        then = partial(_waits_then, form)
        if form in ("document-of", "is-issued", "issued-by"):
            rules.append(ClauseRule(f"after-{form}-then", f"WHEN {pattern} {{u:U}}", then, family="event"))
        rules.append(ClauseRule(f"within-{form}", f"WITHIN {{u:U}} ( , )? SINCE {pattern}", then, family="event"))
    return rules


_ADHOC = [
    ClauseRule(
        "ad-hoc-when",
        "ADHOC ( LP )? ( khi | nếu ) {act:ACTWORD} {instrument:CF+?} ( của {actors:ORG WC*} )?",
        partial(_occurs, "có"),
        family="event",
    ),
    ClauseRule(
        "ad-hoc-on-demand",
        "ADHOC ( LP )? theo {instrument:DEMAND} ( của {actors:ORG WC*} )?",
        partial(_occurs, "theo"),
        family="event",
    ),
    ClauseRule(
        "ad-hoc-if-needed",
        "( ADHOC )? ( LP )? ( khi | nếu ) ( thấy )? {act:NEEDED}",
        partial(_occurs, "cần thiết"),
        family="event",
    ),
    ClauseRule(
        "ad-hoc",
        "( và | hoặc )* ADHOC ( LP )? ( nếu có | khi có )? ( RP )?",
        partial(_occurs, "đột xuất"),
        family="event",
    ),
    ClauseRule(
        "if",
        "( trong quá trình WC*? ( , )? )? nếu {act:ACTWORD} {instrument:CF+}",
        partial(_occurs, "có"),
        family="event",
    ),
    ClauseRule(
        "when-asked", "( theo | khi | nếu ) ( được )? {instrument:DEMAND}", partial(_occurs, "có"), family="event"
    ),
    ClauseRule(
        "when-asked-by",
        "( khi | nếu ) có? {instrument:DEMAND} ( của {actors:ORG WC*} )?",
        partial(_occurs, "có"),
        family="event",
    ),
    ClauseRule("if-any", "nếu có", partial(_occurs, "có"), family="event"),
    ClauseRule(
        "when-arising",
        "( khi | nếu ) ( có )? {act:ARISING} {instrument:CF+}?",
        partial(_occurs, "phát sinh"),
        family="event",
    ),
]
define("ACTWORD", "( có | được | thấy cần | cần | xảy ra | xuất hiện | nhận được )")
define("DEMAND", "( yêu cầu | đề nghị | chỉ đạo )")
define("NEEDED", "( cần thiết | cần )")
define("ARISING", "( phát sinh | xảy ra | xuất hiện )")

RULES = [
    *_ADHOC,
    ClauseRule(
        "since-issue",
        "( kể | tính )? từ ( ngày | khi ) ( ban hành | ký | ký ban hành )",
        _since_issue,
        family="event",
    ),
    ClauseRule(
        "within-since-issue",
        "WITHIN {u:U} ( , )? SINCE ( ban hành | ký | ký ban hành | ký , ban hành ) "
        "( {instrument:( kế hoạch | văn bản ) này?} )?",
        _since_issue_then,
        family="event",
    ),
    ClauseRule(
        "after-task",
        "( sau | sau khi | khi | ngay sau khi ) DONE? ( của )? TASKWORD {task:TASKNO} DONE?",
        _task,
        family="event",
    ),
    ClauseRule(
        "within-after-task",
        "WITHIN {u:U} SINCE DONE? TASKWORD {task:TASKNO} DONE?",
        _task_then,
        family="event",
    ),
    ClauseRule(
        "reference",
        "theo ( đúng | nội dung | tiến độ | lộ trình | thời gian | quy định )* ( tại )? {reference:REFERRED}",
        _reference,
        family="follow",
    ),
    ClauseRule(
        "following",
        "( bám | bám sát )? theo ( đúng )? {instrument:FOLLOW} ( WC*? ) của {actors:ORG ( VERBLIKE "
        "| WC )*?} ( ABOUT CF* )?",
        _follows,
        family="follow",
    ),
    *_events(),
]
define("REFERRED", "DOC CF*? <D> CF*")
