"""Tasks that prose prints with labels: "… Cơ quan chủ trì: Sở A; thời gian hoàn thành: Quý II/2027"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from plans.document import Block, Paragraph
from plans.spelling import squeeze

_LABEL = re.compile(
    r"(?:^|(?<=[\s(;.,+\-–]))(?P<label>(?:(?:cơ quan|đơn vị)\s+)?(?:chủ trì|phối hợp|thực hiện|đầu mối|phụ trách)"
    r"(?:\s+thực hiện)?|(?:sản phẩm|kết quả)(?:\s+(?:đầu ra|thực hiện|dự kiến|hoàn thành))?"
    r"|(?:thời gian|thời hạn|tiến độ|lộ trình)(?:\s+(?:hoàn thành|thực hiện|trình|ban hành|báo cáo|triển khai))?"
    r"|hoàn thành|(?:nguồn\s+)?kinh phí(?:\s+thực hiện)?|địa điểm|ghi chú"
    r"|nội dung(?:\s+(?:thực hiện|cụ thể|công việc))?)"
    r"\s*:\s*",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\W{0,3}(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zđ])\s?[.)]\s*)?")
_EDGE = " ;,.(-–+*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    title: str
    lead: str | None
    coordinating: str | None
    product: str | None
    deadline: str


def read_labelled(text: str) -> Labelled | None:
    """The parts of a paragraph that labels both its lead agency and its deadline; None for any other."""
    marks = list(_LABEL.finditer(text))
    title = squeeze(text[: marks[0].start()]).strip(" ;,(-–+") if marks else ""
    if len(marks) < 2 or not title:
        return None
    found: dict[str, str] = {}
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(text)], strict=True):
        value = squeeze(text[mark.end() : end]).strip(_EDGE)
        if value.count(")") > value.count("("):
            value = value.removesuffix(")").rstrip(_EDGE)
        found.setdefault(_kind(mark["label"]), value)
    if not found.get("lead") or not found.get("deadline"):
        return None
    content = found.get("content")
    return Labelled(
        title=f"{title.rstrip(':.')}: {content}" if content else title,
        lead=found["lead"],
        coordinating=found.get("coordinating"),
        product=found.get("product"),
        deadline=found["deadline"],
    )


def _kind(label: str) -> str:
    words = label.lower()
    if "phối hợp" in words:
        return "coordinating"
    if words.startswith(("thời", "tiến", "lộ", "hoàn")):
        return "deadline"
    if words.startswith(("sản", "kết")):
        return "product"
    if words.startswith("nội dung"):
        return "content"
    return "aside" if words.startswith(("nguồn", "kinh", "địa", "ghi")) else "lead"


def join_labelled(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, with paragraphs that begin with a label put to the task that they belong to."""
    joined: list[Block] = []
    labels: list[str] = []
    lines: list[Block] = []
    for block in blocks:
        label = _label_line(block.text) if isinstance(block, Paragraph) and joined else None
        if label:
            labels.append(label)
            lines.append(block)
            continue
        _join(joined, labels, lines)
        joined.append(block)
    _join(joined, labels, lines)
    return joined


def _join(joined: list[Block], labels: list[str], lines: list[Block]) -> None:
    """Puts lines with labels to the paragraph before them, if they say who, what or when."""
    before = joined[-1] if joined else None
    says = {_kind(found["label"]) for label in labels if (found := _LABEL.match(label))}
    if isinstance(before, Paragraph) and not says <= {"content", "aside"}:
        text = " ".join([before.text.rstrip(" ;"), *(f"{label};" for label in labels)])
        joined[-1] = replace(before, text=text, heading=False)
    else:
        joined.extend(lines)
    labels.clear()
    lines.clear()


def _label_line(text: str) -> str | None:
    """A paragraph that begins with a label ("b) Đơn vị chủ trì: …") without its mark; None for any other."""
    body = text[found.end() :] if (found := _ITEM.match(text)) else text
    return body.strip(" -–+*•") if _LABEL.match(body) else None
