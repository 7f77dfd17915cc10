"""Rules for clauses that wait for a document, another task, or an occurrence."""

from __future__ import annotations

from functools import partial

from deadlines.grammar.actors import actors_of
from deadlines.grammar.clause import Clause, Piece
from deadlines.grammar.events import EVENTS, condition_of
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.grammar.values import Span
from deadlines.types import Condition, Conditional, Term, Unspecified

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


def _waits(form: str, clause: Clause) -> Term | None:
    return Conditional(condition=condition_of(form, clause))


def _waits_then(form: str, clause: Clause) -> Term:
    span: Span = clause["u"]
    return Conditional(condition=condition_of(form, clause), offset=span.amount, unit=span.unit)


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
