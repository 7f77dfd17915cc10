"""A document to a plan: front matter, the tasks of its annexes, the duties of its prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plans.annexes import read_annexes
from plans.document import Document, Paragraph, Row, Table
from plans.duties import Duties, read_duties
from plans.errors import ReadError
from plans.front import read_front
from plans.instructions import read_instructions
from plans.legacy_fonts import convert, from_legacy
from plans.numbering import numbering_warnings
from plans.secrecy import refuse_if_classified
from plans.spelling import squeeze
from plans.task_rows import tasks_of
from plans.types import Instruction, Plan, Task

_ANNEX = re.compile(r"\bphụ lục\b", re.IGNORECASE)


def extract(document: Document, *, file: str) -> Plan:
    """The plan that a document prints. Raises ReadError where it holds neither a table nor a duty."""
    document = _in_unicode(document)
    refuse_if_classified(document, file=file)
    annexes = read_annexes(document)
    tasks = [task for reading in annexes.readings for task in tasks_of(reading)]
    front = read_front(document)
    since = front.issued.year if front.issued else None
    instructions = read_instructions(document, title=front.title, amends=front.amends)
    duties = _not_instructed(read_duties(document, title=front.title, since=since), instructions)
    warnings = [*document.warnings, *front.warnings, *annexes.warnings]
    if tasks or not instructions:
        warnings += _remarks(document, tasks, duties)
    for reading in annexes.readings:
        warnings += [*reading.warnings, *numbering_warnings(reading)]
    return Plan(
        file=file,
        format=document.format,
        number=front.number,
        issued=front.issued,
        issuer=front.issuer,
        title=front.title,
        tasks=(*tasks, *duties.tasks),
        kind=front.kind,
        symbol=front.symbol,
        signer=front.signer,
        basis=front.basis,
        replaces=front.replaces,
        amends=tuple(dict.fromkeys([*front.amends, *(told.plan for told in instructions if told.plan)])),
        instructions=instructions,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _not_instructed(duties: Duties, instructions: Sequence[Instruction]) -> Duties:
    """The duties without those whose deadline is only told as the new deadline of another plan's row."""
    places = {told.place for told in instructions}
    texts = [told.text for told in instructions]
    kept = (
        task
        for task in duties.tasks
        if task.place not in places and not any(task.title.strip(' .;”"') in text for text in texts)
    )
    return replace(duties, tasks=tuple(kept))


def _remarks(document: Document, tasks: Sequence[Task], duties: Duties) -> Iterator[str]:
    """What is missing from the file or printed twice. Raises ReadError where there is nothing to remind of."""
    if not tasks and not duties.tasks:
        raise ReadError(
            "Không thấy bảng nhiệm vụ và cũng không thấy nghĩa vụ có thời hạn nào trong lời văn.",
            cure="Kiểm tra xem tệp có đủ phụ lục không, rồi nạp lại.",
        )
    if not tasks:
        told = any(_ANNEX.search(block.text) for block in document.blocks if isinstance(block, Paragraph))
        which = (
            "Văn bản nhắc đến phụ lục nhưng tệp không có phụ lục"
            if told
            else "Tệp không có bảng phân công nhiệm vụ"
        )
        yield f"{which}; chỉ đọc được nghĩa vụ có thời hạn trong lời văn."
    if duties.repeated:
        yield f"Văn bản in lặp một phần: {duties.repeated} nghĩa vụ in hai lần, mỗi nghĩa vụ chỉ giữ một."


def _in_unicode(document: Document) -> Document:
    """The document with texts in an old font turned to Unicode: Word files keep TCVN3 letters as they are."""
    texts = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    cells = [c for b in document.blocks if isinstance(b, Table) for r in b.rows for c in r.cells if c]
    found = from_legacy("\n".join([*texts, *cells]))
    if found is None:
        return document
    font = found.font

    def cell(text: str | None) -> str | None:
        return None if text is None else squeeze(convert(text, font))

    def row(printed: Row) -> Row:
        return replace(printed, cells=tuple(cell(text) for text in printed.cells))

    blocks = tuple(
        replace(block, text=squeeze(convert(block.text, font)))
        if isinstance(block, Paragraph)
        else replace(block, rows=tuple(row(printed) for printed in block.rows))
        for block in document.blocks
    )
    told = f"Văn bản dùng phông chữ cũ ({font}), đã chuyển sang Unicode; cần soát lại chữ."
    return replace(document, blocks=blocks, warnings=(*document.warnings, told))
