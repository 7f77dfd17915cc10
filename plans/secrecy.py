"""Marks of secrecy (Luật Bảo vệ bí mật nhà nước; Thông tư 24/2020/TT-BCA): a marked document is refused.

The mark stands alone, in a stamp or a line of its own, or after "Độ mật". Words inside sentences
("bảo mật", "bí mật nhà nước") are no marks. When in doubt a lone word in the head counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plans.document import Document, Paragraph, Table
from plans.errors import Classified

_GRADES = r"(?:TUYỆT\s*MẬT|TỐI\s*MẬT|MẬT)"
_STAMP = re.compile(rf"^\W*{_GRADES}(?:\W+{_GRADES})*\W*$")
_LONE = re.compile(r"^\W*(?:tuyệt mật|tối mật|mật)\W*$", re.IGNORECASE)
_LABELLED = re.compile(r"\b(?:độ|mức độ|dấu chỉ độ|cấp độ)\s+mật\W{1,6}(?:tuyệt mật|tối mật|mật)\b", re.IGNORECASE)
_AFTER_NUMBER = re.compile(rf"^(?:\S.{{0,60}}\s)?{_GRADES}(?:\s.{{0,40}})?$")
_HEAD = 30


def refuse_if_classified(document: Document, *, file: str = "") -> None:
    """Raises Classified, which carries nothing of the document, where a mark of secrecy is printed."""
    for at, text in enumerate(_texts(document)):
        if _STAMP.match(text) or _LABELLED.search(text) or (at < _HEAD and _in_head(text)):
            raise Classified(file=file)


def _in_head(text: str) -> bool:
    return bool(_LONE.match(text)) or (len(text) < 90 and bool(_AFTER_NUMBER.match(text)))


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        match block:
            case Paragraph():
                yield block.text
            case Table():
                for row in block.rows:
                    yield from (cell for cell in row.cells if cell)
