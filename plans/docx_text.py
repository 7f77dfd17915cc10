"""The text of a Word paragraph as it would be printed with every tracked change accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from plans.docx_numbering import Numbering
from plans.docx_package import Element, attribute, child, local, number_of, switched_on, value_of
from plans.docx_styles import Styles
from plans.legacy_fonts import as_shown
from plans.spelling import squeeze

_GONE = frozenset(("del", "moveFrom", "instrText", "delText", "delInstrText", "fldData", "binData")) | frozenset(
    ("pPr", "rPr", "tcPr", "trPr", "tblPr", "sectPr", "sdtPr", "sdtEndPr", "annotationRef", "commentReference")
)
_NOTES = frozenset(("footnoteReference", "endnoteReference"))
_BLANKS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n"}


@dataclass(kw_only=True, slots=True)
class Story:
    """What is known while a document is walked through from its first paragraph to its last."""

    styles: Styles
    numbering: Numbering
    changes: bool = False
    """Whether a tracked change was met."""
    old_fonts: bool = False
    """Whether text was met that only a font older than Unicode shows right."""
    notes: int = 0
    """Footnotes and endnotes that the text points to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    text: str
    italic: bool = False


@dataclass(kw_only=True, slots=True)
class Content:
    """What a paragraph holds: its runs, and the boxes that are anchored in it."""

    runs: list[Run] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    label: str = ""
    """The number that its list prints."""

    @property
    def text(self) -> str:
        return squeeze(self.label + "".join(run.text for run in self.runs))

    @property
    def lines(self) -> list[str]:
        """The text where line breaks stand for paragraphs."""
        raw = self.label + "".join(run.text for run in self.runs)
        return [line for each in raw.split("\n") if (line := squeeze(each))]

    @property
    def italic(self) -> tuple[str, ...]:
        runs, found = [*self.runs, Run(text="")], list[str]()
        current = ""
        for run in runs:
            if run.italic or (current and not run.text.strip() and run.text):
                current += run.text
            elif current:
                found.append(squeeze(current))
                current = ""
        return tuple(filter(None, found))


def content_of(paragraph: Element, story: Story) -> Content:
    """The paragraph's runs and boxes. Its number counts even where nothing follows it."""
    properties = child(paragraph, "pPr")
    style = value_of(properties, "pStyle") or story.styles.default
    content = Content()
    base = story.styles.is_italic(style)
    for each in paragraph:
        _walk(each, content, story, base, style)
    if not _vanished(properties, content, story):
        content.label = _label(properties, style, story)
    return content


def is_merged_with_next(paragraph: Element) -> bool:
    """Its end was deleted by a tracked change, so the next paragraph goes on with it."""
    marks = child(child(paragraph, "pPr"), "rPr")
    return child(marks, "del") is not None or child(marks, "moveFrom") is not None


def _vanished(properties: Element | None, content: Content, story: Story) -> bool:
    marks = child(properties, "rPr")
    gone = child(marks, "del") is not None or bool(switched_on(marks, "vanish"))
    return gone and not "".join(run.text for run in content.runs).strip()


def _label(properties: Element | None, style: str | None, story: Story) -> str:
    stated = child(properties, "numPr")
    num, depth = number_of(stated, "numId"), number_of(stated, "ilvl")
    if num is None:
        num, of_style = story.styles.numbering(style)
        depth = of_style if depth is None else depth
    return story.numbering.label(num, depth or 0) if num else ""


def _walk(node: Element, content: Content, story: Story, italic: bool, style: str | None) -> None:
    match local(node):
        case "" | "commentRangeStart" | "commentRangeEnd":
            return
        case "r":
            _run(node, content, story, italic, style)
        case "ins" | "moveTo":
            story.changes = True
            _descend(node, content, story, italic, style)
        case "AlternateContent":
            first = child(node, "Choice")
            _descend(first if first is not None else child(node, "Fallback"), content, story, italic, style)
        case "txbxContent":
            content.boxes.append(node)
        case name if name in _GONE:
            story.changes = story.changes or name in ("del", "moveFrom")
        case name if name in _NOTES:
            story.notes += 1
        case name if text := _letters(name, node):
            content.runs.append(Run(text=text, italic=italic))
        case _:
            _descend(node, content, story, italic, style)


def _descend(node: Element | None, content: Content, story: Story, italic: bool, style: str | None) -> None:
    for each in node if node is not None else ():
        _walk(each, content, story, italic, style)


def _run(node: Element, content: Content, story: Story, italic: bool, style: str | None) -> None:
    properties = child(node, "rPr")
    own = value_of(properties, "rStyle")
    hidden = switched_on(properties, "vanish")
    if hidden or (hidden is None and story.styles.is_hidden(own)):
        return
    stated = switched_on(properties, "i")
    slanted = stated if stated is not None else italic or story.styles.is_italic(own)
    first = len(content.runs)
    _descend(node, content, story, slanted, style)
    fonts = child(properties, "rFonts")
    font = attribute(fonts, "hAnsi") or attribute(fonts, "ascii") or story.styles.font(own or style)
    for at, run in enumerate(content.runs[first:], first):
        shown = as_shown(run.text, font)
        story.old_fonts = story.old_fonts or shown != run.text
        content.runs[at] = Run(text=shown, italic=run.italic)


def _letters(name: str, node: Element) -> str:
    if name == "t":
        return node.text or ""
    if name in _BLANKS:
        return _BLANKS[name]
    if name == "noBreakHyphen":
        return "-"
    if name == "sym":
        code = attribute(node, "char") or ""
        value = int(code, 16) if all(c in "0123456789abcdefABCDEF" for c in code) and 0 < len(code) < 5 else 0
        return "•" if value >= 0xF000 else chr(value) if value > 31 else ""
    return ""


def blocks_within(node: Element) -> Iterator[Element]:
    """Paragraphs and tables of a body, cell or box, looking through content controls and accepted changes."""
    for each in node:
        match local(each):
            case "p" | "tbl":
                yield each
            case "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml" | "smartTag" | "AlternateContent" | "Choice":
                yield from blocks_within(each)
