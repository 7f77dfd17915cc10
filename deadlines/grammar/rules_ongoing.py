"""Rules for clauses that go on all the time, or name no date at all."""

from __future__ import annotations

from deadlines.grammar.clause import Clause, Piece
from deadlines.grammar.pattern import define
from deadlines.grammar.rule import ClauseRule
from deadlines.text import bare
from deadlines.types import Ongoing, Term, Unspecified

define(
    "ONGOING",
    """( thường xuyên | liên tục | duy trì | lâu dài | quanh năm | suốt năm | xuyên suốt | thường kỳ
    | hằng giờ
    | thường nhật | không thời hạn
    | trong? suốt ( quá trình | thời gian thực hiện ( kế hoạch | đề án | chương trình )? này? )
    | theo tiến độ thường xuyên )""",
)
define(
    "URGENT",
    """( ngay ( lập tức )? | làm ngay | khẩn trương | kịp thời | ( trong thời gian )? sớm ( nhất )?
    | càng sớm càng tốt
    | cấp bách | gấp
    | nhanh chóng
    | ngay ( và ) luôn | sớm hoàn thành | đúng tiến độ | đúng thời gian | đúng hạn | đúng lộ trình
    | bảo đảm tiến độ | đảm bảo tiến độ )""",
)
define(
    "OPEN",
    """( ( chưa | không ) ( xác định | có | ấn định ) ( thời gian | thời hạn | cụ thể )?
    | theo ( đúng )? lộ trình ( cụ thể | đề ra | chung | đã đề ra | được duyệt | được phê duyệt | đã được phê duyệt
    | được giao )?
    | theo quy định ( hiện hành | của pháp luật | chung | của luật )? | theo ( đúng )? tiến độ ( đề ra
    | đã đề ra | chung | được duyệt | được phê duyệt | đã được phê duyệt | được giao
    | của ( dự án | đề án ) | dự án | thực tế )?
    | theo ( đúng )? kế hoạch ( đề ra | chung | riêng | năm | hằng năm | được duyệt | được giao | cụ thể
    | chi tiết )? | theo ( đúng )? thời gian quy định
    | theo thời hạn quy định | theo yêu cầu ( nhiệm vụ | thực tế | công việc | thực tiễn )
    | theo thực tế | theo tình hình thực tế | theo đợt | từng đợt
    | theo từng đợt | theo chương trình ( công tác )?
    | theo nhiệm vụ ( được giao )? | theo chức năng ( , )? nhiệm vụ ( được giao )? | trong ( cả
    | suốt )? ( giai đoạn | nhiệm kỳ | thời kỳ ) | cả ( giai đoạn | nhiệm kỳ )
    | thời gian tới | trong thời gian tới | thời gian tiếp theo | giai đoạn tiếp theo | các năm tiếp theo
    | những năm tiếp theo | khi có điều kiện | theo thời điểm
    | theo từng thời điểm | theo từng nội dung | theo từng nhiệm vụ | theo từng năm
    | tùy ( theo )? ( tình hình | điều kiện ) ( thực tế )? )""",
)
define(
    "PHASES",
    "( theo | qua | trong | và | cho | ở )* từng ( giai đoạn | thời kỳ | nhiệm kỳ ) ( của tỉnh "
    "| của địa phương | cụ thể | ORG W* | của ORG W* )?",
)


def _ongoing(_: Clause) -> Term:
    return Ongoing()


def _open(clause: Clause) -> Piece:
    return Piece(terms=(Unspecified(),), tentative="lo trinh" in bare(clause.text("open").lower()))


def _phases(clause: Clause) -> Piece:
    return Piece(phases=clause.text("phases"))


def _maybe(_: Clause) -> Piece:
    return Piece(tentative=True)


def _steady(_: Clause) -> Piece:
    return Piece(phases="")


RULES = [
    ClauseRule("steadily", "( liên tục | và duy trì | duy trì )", _steady, family="steady"),
    ClauseRule(
        "ongoing",
        "( trong | và | theo | nhiệm vụ | công việc | hoạt động )* ONGOING+ ( ACTC "
        "| W+ )? ( trong ( cả | suốt )? năm )?",
        _ongoing,
        family="steady",
    ),
    ClauseRule("periodic", "( theo )? định kỳ ( và thường xuyên | , thường xuyên )?", _ongoing),
    ClauseRule("periodic-act", "{phases:định kỳ ( ACTC | W+ )}", _phases),
    ClauseRule("urgent", "( URGENT | thực hiện )* URGENT ( ACTC )?", lambda clause: Unspecified()),
    ClauseRule("no-date", "{open:OPEN}", _open),
    ClauseRule("phases", "{phases:PHASES}", _phases),
    ClauseRule("tentative", "( dự kiến | tạm thời | ước | khoảng )", _maybe),
]
