"""A document to a plan: front matter, the tasks of its annexes, the duties of its prose."""

from __future__ import annotations

from dataclasses import replace

from plans.annexes import read_annexes
from plans.document import Document, Paragraph, Row, Table
from plans.front import read_front
from plans.legacy_fonts import convert, from_legacy
from plans.numbering import numbering_warnings
from plans.secrecy import refuse_if_classified
from plans.spelling import squeeze
from plans.table_tasks import tasks_of
from plans.types import Plan


def extract(document: Document, *, file: str) -> Plan:
    """The plan that a document prints. Raises ReadError where it holds neither a table nor a duty."""
    document = _in_unicode(document)
    refuse_if_classified(document, file=file)
    annexes = read_annexes(document)
    tasks = [task for reading in annexes.readings for task in tasks_of(reading)]
    front = read_front(document)
    warnings = [*document.warnings, *front.warnings, *annexes.warnings]
    for reading in annexes.readings:
        warnings += [*reading.warnings, *numbering_warnings(reading)]
    return Plan(
        file=file,
        format=document.format,
        number=front.number,
        issued=front.issued,
        issuer=front.issuer,
        title=front.title,
        tasks=tuple(tasks),
        kind=front.kind,
        symbol=front.symbol,
        signer=front.signer,
        basis=front.basis,
        replaces=front.replaces,
        amends=front.amends,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _in_unicode(document: Document) -> Document:
    """The document with texts in an old font turned to Unicode: Word files keep TCVN3 letters as they are."""
    texts = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    cells = [c for b in document.blocks if isinstance(b, Table) for r in b.rows for c in r.cells if c]
    found = from_legacy("\n".join([*texts, *cells])[:200_000])
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
