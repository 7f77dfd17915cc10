"""The parts of a Word file: its body, styles, numbering, headers. Transitional and strict alike.

Parts are found by their relationships, with lxml alone: opening every part with its pictures, as
python-docx does, makes files with one dangling relationship unreadable that Word itself opens.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from plans.errors import ReadError

Element = Any
_RESAVE = "Mở tệp bằng Word hoặc LibreOffice, lưu lại rồi nhập lại."


def local(node: Element) -> str:
    """The name without its namespace; "" for comments and instructions."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(node: Element | None, name: str) -> Element | None:
    if node is None:
        return None
    return next((each for each in node if local(each) == name), None)


def attribute(node: Element | None, name: str) -> str | None:
    """An attribute in the namespace of its element or in none."""
    if node is None:
        return None
    for key, value in node.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def value_of(node: Element | None, *path: str) -> str | None:
    """The `val` at the end of a path of children."""
    for name in path:
        node = child(node, name)
    return attribute(node, "val")


def number_of(node: Element | None, *path: str) -> int | None:
    value = value_of(node, *path)
    try:
        return int(value) if value is not None else None
    except ValueError:
        return None


def switched_on(node: Element | None, name: str) -> bool | None:
    """A property that is on, off, or not stated."""
    found = child(node, name)
    if found is None:
        return None
    return (attribute(found, "val") or "1").lower() not in ("0", "false", "off", "none")


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    body: Element
    styles: Element | None = None
    numbering: Element | None = None
    headers: tuple[Element, ...] = ()
    footnotes: Element | None = None
    has_pictures: bool = False
    has_chunks: bool = False


@dataclass(kw_only=True, slots=True)
class _Parts:
    container: zipfile.ZipFile
    related: list[tuple[str, str]] = field(default_factory=list)

    def parse(self, name: str) -> Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(self.container.read(name), parser)

    def targets(self, kind: str) -> Iterator[str]:
        present = set(self.container.namelist())
        return (name for what, name in self.related if what == kind and name in present)

    def first(self, kind: str) -> Element | None:
        name = next(self.targets(kind), None)
        return self.parse(name) if name else None

    def relate(self, source: str) -> None:
        folder, _, base = source.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels not in self.container.namelist():
            return
        for each in self.parse(rels):
            if local(each) == "Relationship" and each.get("TargetMode") != "External":
                target = each.get("Target") or ""
                full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                self.related.append(((each.get("Type") or "").rpartition("/")[2], posixpath.normpath(full)))


def open_package(data: bytes) -> Package:
    """Raises ReadError for a Word file without a readable body."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            return _package(_Parts(container=container))
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, EOFError, OSError) as error:
        raise ReadError("Tệp Word bị hỏng: nội dung bên trong sai cấu trúc.", cure=_RESAVE) from error


def _package(parts: _Parts) -> Package:
    parts.relate("")
    main = next(parts.targets("officeDocument"), "word/document.xml")
    root = parts.parse(main)
    body = child(root, "body")
    if body is None:
        raise ReadError("Tệp Word không có phần nội dung.", cure=_RESAVE)
    parts.related.clear()
    parts.relate(main)
    kinds = {kind for kind, _ in parts.related}
    return Package(
        body=body,
        styles=parts.first("styles"),
        numbering=parts.first("numbering"),
        headers=tuple(parts.parse(name) for name in parts.targets("header")),
        footnotes=parts.first("footnotes"),
        has_pictures="image" in kinds,
        has_chunks="aFChunk" in kinds,
    )
