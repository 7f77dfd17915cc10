"""The words that provinces print over the columns of a plan's table, and the role that they give a column.

Words are compared without case and diacritics, and a letter lost by OCR ("PHÓ HỢP") is forgiven.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from plans.spelling import fold


class Role(StrEnum):
    NUMBER = "number"
    TITLE = "title"
    LEAD = "lead"
    COORDINATING = "coordinating"
    LEAD_AND_COORDINATING = "lead_and_coordinating"
    PRODUCT = "product"
    DEADLINE = "deadline"
    START = "start"
    PERIOD = "period"
    """One of several columns for a year, quarter or month each, in which a mark says when."""
    GROUP = "group"
    """A column that says under which heading a row stands ("Lĩnh vực")."""
    NOTE = "note"
    OTHER = "other"


_Table = tuple[tuple[Role, tuple[str, ...]], ...]

# The first pattern found decides, so that "thời gian hoàn thành sản phẩm" is a deadline and "kết quả
# thực hiện" a product.
_WORDS: _Table = (
    (Role.NOTE, ("ghi chu",)),
    (Role.OTHER, ("kinh phi", "du toan", "nguon von", "don vi tinh", "dvt", "can cu", "so van ban")),
    (Role.START, ("bat dau", "ngay giao", "thoi gian giao")),
    (Role.DEADLINE, ("thoi gian", "thoi han", "thoi diem", "tien do", "lo trinh", "han hoan thanh", "ky han")),
    (Role.DEADLINE, ("ngay hoan thanh", "nam hoan thanh", "hoan thanh truoc", "ket thuc", "han xu ly", "moc")),
    (Role.PRODUCT, ("san pham", "dau ra", "ket qua", "hinh thuc van ban", "loai van ban")),
    (Role.OTHER, ("cap trinh", "cap ban hanh", "cap phe duyet", "cap co tham quyen", "tham quyen", "lanh dao")),
    (Role.OTHER, ("nguoi chi dao", "cap quyet dinh", "co quan ban hanh", "noi nhan", "chi dao")),
    (Role.COORDINATING, ("phoi hop", "co quan lien quan", "don vi lien quan")),
    (
        Role.LEAD,
        (
            "chu tri",
            "chu dau tu",
            "dau moi",
            "phu trach",
            "chiu trach nhiem",
            "trach nhiem",
            "tham muu",
            "soan thao",
        ),
    ),
    (Role.LEAD, ("co quan thuc hien", "don vi thuc hien", "to chuc thuc hien", "phan cong", "thuc hien boi")),
    (Role.LEAD, ("co quan trien khai", "don vi trien khai", "don vi thuc hien", "co quan don vi")),
    (Role.GROUP, ("linh vuc", "nhom nhiem vu", "nhom giai phap", "nhom muc tieu", "nhom chi tieu", "nhom")),
    (
        Role.TITLE,
        ("nhiem vu", "noi dung", "muc tieu", "chi tieu", "cong viec", "hoat dong", "giai phap", "bien phap"),
    ),
    (Role.TITLE, ("ten de an", "de an", "danh muc", "ten van ban", "dau viec", "hang muc", "chuong trinh")),
)
_BROAD: _Table = ((Role.DEADLINE, ("hoan thanh",)), (Role.LEAD, ("co quan", "don vi", "so nganh")))
"""Words that decide only where nothing closer does."""
_NUMBERS = frozenset(
    {
        *("stt", "tt", "so tt", "so thu tu", "thu tu", "s tt", "st", "sst", "s t t", "t t"),
        *("ma", "ma so", "ma nv", "ma nhiem vu", "ma viec", "ma so nhiem vu"),
    }
)
_EXACT = {
    "thuc hien": Role.LEAD,
    "nguoi thuc hien": Role.LEAD,
    "han": Role.DEADLINE,
    "ten": Role.TITLE,
    "viec": Role.TITLE,
    "thoi gian": Role.DEADLINE,
    "hinh thuc": Role.PRODUCT,
}
LONGEST = 90
"""A longer text is no label of a column."""
_GOALS = ("muc tieu", "chi tieu")
_TASKS = ("nhiem vu", "noi dung", "cong viec", "hoat dong", "giai phap", "de an", "dau viec")


@lru_cache(maxsize=4096)
def role_of(label: str) -> Role | None:
    """What a column with this header holds; None where the words say nothing we know."""
    words = fold(label)
    if not words or len(words) > LONGEST:
        return None
    if words in _NUMBERS:
        return Role.NUMBER
    if words in _EXACT:
        return _EXACT[words]
    found = _first(_WORDS, words, _prints) or _first(_WORDS, words, _resembles) or _first(_BROAD, words, _prints)
    if found is Role.COORDINATING and (_prints(words, "chu tri") or _resembles(words, "chu tri")):
        return Role.LEAD_AND_COORDINATING
    return found


def _first(table: _Table, words: str, holds: Callable[[str, str], bool]) -> Role | None:
    return next((role for role, keys in table if any(holds(words, key) for key in keys)), None)


def _prints(words: str, key: str) -> bool:
    return f" {key} " in f" {words} "


def _resembles(words: str, key: str) -> bool:
    """The key with a letter lost or wrong."""
    if len(key) < 7 or len(words) > 40 or len(key) > len(words) + 1:
        return False
    return fuzz.partial_ratio(key, words, score_cutoff=85) > 0


def names_goals(text: str) -> bool:
    """A header or a title that speaks of goals and not of tasks."""
    words = fold(text)
    return any(key in words for key in _GOALS) and not any(key in words for key in _TASKS)


_PROBLEMS = ("ton tai", "han che", "thuc trang", "vuong mac", "khuyet diem", "nguyen nhan", "noi dung ket luan")
_ACTS = ("nhiem vu", "cong viec", "hoat dong", "giai phap", "bien phap", "dau viec", "khac phuc")
_CLOSER = ("cu the", "chi tiet")


def says_what_to_do(label: str) -> int:
    """How plainly a title's column names what is to be done; decides between several such columns.

    A list of shortcomings says it less than any other, "hoạt động cụ thể" more than "nội dung".
    """
    words = fold(label)
    acts = any(_prints(words, key) for key in _ACTS)
    if not acts and any(_prints(words, key) for key in _PROBLEMS):
        return 0
    if names_goals(label):
        return 1
    return 2 + acts + (acts and any(_prints(words, key) for key in _CLOSER))
