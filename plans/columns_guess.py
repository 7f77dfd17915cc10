"""The columns of a table whose header was lost, told from what stands in them; always to be checked by a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from plans.column_words import Role
from plans.columns import Columns
from plans.document import Row
from plans.table_rows import Marker, marker_of

AGENCY = re.compile(
    r"^\W*(?:Các\s+)?(?:Sở|UBND|(?:Ủy|Uỷ) ban|Công an|Văn phòng|Ban|Bộ|Thanh tra|Bảo hiểm|Chi cục|Cục|Thuế"
    r"|Kho bạc|Ngân hàng|Trung tâm|Báo|Đài|Hội|Liên đoàn|Tỉnh đoàn|Đoàn|Bệnh viện|Trường|Tòa án|Viện|HĐND"
    r"|địa phương|cơ quan|đơn vị)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:quý|tháng|năm|hằng|hàng|thường xuyên|định kỳ|trước ngày|sau khi|giai đoạn)\b"
    r"|^\W*(?:20\d\d|\d{1,2}/\d{1,4})",
    re.IGNORECASE,
)
_MOSTLY = 0.6
_DOUBT = "Bảng không có tiêu đề cột; vai trò các cột được đoán theo nội dung."


def guess_columns(rows: Sequence[Row]) -> Columns | None:
    """Columns for a table of at least two full rows with agencies and deadlines in columns of their own."""
    width = max((len(row.cells) for row in rows), default=0)
    full = [row.cells for row in rows if len(row.cells) == width and sum(bool(cell) for cell in row.cells) >= 3]
    if width < 3 or len(full) < 2:
        return None
    columns = [[(cells[i] or "").strip() for cells in full] for i in range(width)]
    roles = [Role.OTHER] * width
    if _share(columns[0], lambda text: marker_of(text) is Marker.ARABIC) >= _MOSTLY:
        roles[0] = Role.NUMBER
    free = [i for i in range(width) if roles[i] is Role.OTHER]
    title = max(free, key=lambda i: sum(map(len, columns[i])))
    roles[title] = Role.TITLE
    agencies = [i for i in free if i != title and _share(columns[i], names_agency) >= _MOSTLY]
    whens = [i for i in free if i != title and i not in agencies and _share(columns[i], _is_when) >= _MOSTLY]
    if not agencies or not whens:
        return None
    roles[agencies[0]] = Role.LEAD
    if len(agencies) > 1:
        roles[agencies[1]] = Role.COORDINATING
    roles[whens[-1]] = Role.DEADLINE
    return Columns(roles=tuple(roles), labels=("",) * width, confidence=0.6, doubts=(_DOUBT,))


def names_agencies(rows: Sequence[Row]) -> bool:
    """Whether some column of the table mostly names agencies: then it should not be passed over in silence."""
    width = max((len(row.cells) for row in rows), default=0)
    if len(rows) < 3 or width < 3:
        return False
    columns = [[(row.cells[i] or "") if i < len(row.cells) else "" for row in rows] for i in range(width)]
    return any(_share(column, names_agency) > 0.5 and sum(map(bool, column)) > 2 for column in columns)


def _share(texts: Sequence[str], holds: Callable[[str], bool]) -> float:
    filled = [text for text in texts if text]
    return sum(map(holds, filled)) / len(filled) if filled else 0.0


def names_agency(text: str) -> bool:
    """Whether the text begins with the name of an agency."""
    return AGENCY.match(text) is not None


def _is_when(text: str) -> bool:
    return len(text) < 120 and _WHEN.search(text) is not None
