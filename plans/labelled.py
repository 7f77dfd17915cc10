"""Tasks that prose prints with labels: "… Cơ quan chủ trì: Sở A; thời gian hoàn thành: Quý II/2027"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from plans.document import Block, Paragraph
from plans.spelling import squeeze

_LABEL = re.compile(
    r"(?:^|(?<=[\s(;.,+\-–]))(?P<label>(?:(?:cơ quan|đơn vị)\s+)?(?:chủ trì|phối hợp|thực hiện)(?:\s+thực hiện)?"
    r"|(?:sản phẩm|kết quả)(?:\s+(?:đầu ra|thực hiện|dự kiến|hoàn thành))?"
    r"|(?:thời gian|thời hạn|tiến độ)(?:\s+(?:hoàn thành|thực hiện|trình|ban hành|báo cáo|triển khai))?|hoàn thành)"
    r"\s*:\s*",
    re.IGNORECASE,
)
_OPENS = re.compile(rf"^\W{{0,3}}{_LABEL.pattern}", re.IGNORECASE)
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
    return Labelled(
        title=title,
        lead=found["lead"],
        coordinating=found.get("coordinating"),
        product=found.get("product"),
        deadline=found["deadline"],
    )


def _kind(label: str) -> str:
    words = label.lower()
    if "phối hợp" in words:
        return "coordinating"
    if words.startswith(("thời", "tiến", "hoàn")):
        return "deadline"
    return "product" if words.startswith(("sản", "kết")) else "lead"


def join_labelled(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, with paragraphs that begin with a label put to the task that they belong to."""
    joined: list[Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if isinstance(block, Paragraph) and isinstance(before, Paragraph) and _OPENS.match(block.text):
            label = block.text.strip(" -–+*•")
            joined[-1] = replace(before, text=f"{before.text.rstrip(' ;')} {label};", heading=False)
        else:
            joined.append(block)
    return joined
