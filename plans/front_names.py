"""Issuer and signer: names of authorities and people as a document prints them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.spelling import fold, is_upper, squeeze

_AUTHORITY = re.compile(
    r"^(?:(?:ỦY|UỶ) BAN NHÂN DÂN|UBND|HỘI ĐỒNG NHÂN DÂN|HĐND|TỈNH ỦY|THÀNH ỦY|ĐẢNG ỦY|BAN THƯỜNG VỤ"
    r"|SỞ|VĂN PHÒNG|BAN CHỈ ĐẠO|THANH TRA|CÔNG AN|BỘ)\b"
)
_LEVEL = re.compile(r"^(?:TỈNH|THÀNH PHỐ|TP\.?|HUYỆN|QUẬN|THỊ XÃ|XÃ|PHƯỜNG|ĐẶC KHU)\s+\S")
_OF_ANNEX = re.compile(
    r"\bcủa\s+((?:Ủy ban nhân dân|Uỷ ban nhân dân|UBND)\s+(?:tỉnh|thành phố|TP\.?|huyện|xã|phường|đặc khu)[^)\d]*)"
)
_ISSUES = re.compile(
    r"(?:^|[,.;:]\s+)(?P<who>(?:(?:Ủy|Uỷ) ban nhân dân|UBND|Ban Thường vụ|Ban Chấp hành|Đảng ủy|Tỉnh ủy|Thành ủy"
    r"|Sở|Ban)\s?[^,.;:]{0,60}?)"
    r"\s+(?:ban hành|xây dựng)\s+(?:Kế hoạch|kế hoạch|Chương trình|Quyết định)"
)
_PROVINCE = re.compile(
    r"(?:Đảng bộ|Ủy ban nhân dân|UBND|Hội đồng nhân dân|HĐND|[Tt]rên địa bàn|do)\s+(?P<level>tỉnh|thành phố)\s+"
    r"(?P<name>[A-ZÀ-ỸĐ][\wà-ỹ]*(?:\s[A-ZÀ-ỸĐ][\wà-ỹ]*){1,3})"
)
_SIGNS = re.compile(r"^\W*(?:T/?M|KT|TL|TUQ|Q|QUYỀN)\b\.?", re.IGNORECASE)
_POSITION = re.compile(r"(?:CHỦ TỊCH|GIÁM ĐỐC|BÍ THƯ|CHÁNH VĂN PHÒNG|TRƯỞNG BAN|BỘ TRƯỞNG|THỦ TRƯỞNG|VIÊN)\b")
_NAME = re.compile(r"((?:[A-ZÀ-ỸĐ][a-zà-ỹ]+)(?:\s+[A-ZÀ-ỸĐ][a-zà-ỹ]+){1,5})\W*$")
_ALONE = re.compile(r"^(?:[A-ZÀ-ỸĐ][a-zà-ỹ]+)(?:\s+[A-ZÀ-ỸĐ][a-zà-ỹ]+){1,5}$")


def plain_case(name: str) -> str:
    """ỦY BAN NHÂN DÂN TỈNH SƠN LA as in running text: Ủy ban nhân dân tỉnh Sơn La."""
    if not is_upper(name):
        return name
    words = squeeze(name).title()
    for phrase in ("Ban Nhân Dân", "Đồng Nhân Dân", "Nhân Dân"):
        words = words.replace(phrase, phrase.lower())
    for level in ("Tỉnh", "Thành Phố", "Thị Xã", "Huyện", "Quận", "Xã", "Phường", "Đặc Khu"):
        words = re.sub(rf"(?<=\s){level}(?=\s)", level.lower(), words)
    return words.replace("Ubnd", "UBND").replace("Hđnd", "HĐND")


def letterhead(head: Sequence[str]) -> str | None:
    """The authority that stands at the top, with the line that says of which province."""
    for at, text in enumerate(head):
        name = squeeze(re.sub(r"[-–—_*]{2,}.*$", "", text))
        if not is_upper(name) or not _AUTHORITY.match(name) or len(name) > 90:
            continue
        following = squeeze(head[at + 1]) if at + 1 < len(head) else ""
        if _LEVEL.match(following) and is_upper(following) and len(following) < 40:
            return plain_case(f"{name} {following}")
        return plain_case(name)
    return None


def of_annex(text: str) -> str | None:
    """Who issued the plan, from "(Kèm theo Kế hoạch số … của Ủy ban nhân dân tỉnh …)"."""
    found = _OF_ANNEX.search(text)
    return squeeze(found.group(1)).rstrip(".,; ") if found else None


def who_issues(paragraphs: Sequence[str]) -> str | None:
    """The subject of the opening sentence "… ban hành Kế hoạch"."""
    for paragraph in paragraphs:
        if found := _ISSUES.search(paragraph):
            return squeeze(found["who"])
    return None


def only_province(paragraphs: Sequence[str]) -> tuple[str, str] | None:
    """(level, name) of the one province that the whole text speaks of; None where there are several."""
    found = {(m["level"], m["name"]) for text in paragraphs for m in _PROVINCE.finditer(text)}
    return found.pop() if len(found) == 1 else None


def signer_in(lines: Sequence[str]) -> str | None:
    """The name under the last signature."""
    starts = [at for at, text in enumerate(lines) if _SIGNS.match(text) and len(text) < 160]
    for start in reversed(starts):
        for text in lines[start : start + 9]:
            name = _ALONE.match(text) or (_POSITION.search(text) and _NAME.search(text))
            if name and not _POSITION.match(text.upper()) and "noi nhan" not in fold(text):
                found = _NAME.search(text)
                return found.group(1) if found else None
    return None
