"""The readers meet bytes that nobody meant: they answer with a document or a clear ReadError, nothing else.

DONDOC_FUZZ_SECONDS sets how long each law is tried (a few seconds by default, ten minutes by hand). The
readers run here in this process, so that an error of any other kind is seen.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import zipfile
from datetime import timedelta
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.document import Document
from plans.errors import ReadError
from plans.extract import extract
from plans.limits import Limits
from plans.needs import NeedsHelp
from plans.parse import parse_document
from plans.wire import Malformed, from_wire, to_wire
from tests import plan_samples as samples
from tests.test_flows_versions import PROSE
from tests.test_plans_plain import SPREAD, STACKED

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
_SECONDS = float(os.environ.get("DONDOC_FUZZ_SECONDS", "4"))
_PLAN = samples.sample(5)
_SOURCES = {
    "text": samples.as_text(_PLAN),
    "layout": SPREAD.encode(),
    "stacked": STACKED.encode(),
    "amending": PROSE.encode(),
    "markdown": samples.as_markdown(_PLAN),
    "html": samples.as_html(_PLAN),
    "docx": samples.as_docx(_PLAN),
    "xlsx": samples.as_xlsx(_PLAN),
} | ({"pdf": samples.as_pdf(_PLAN)} if samples.pdf_font() else {})
_EXPECTED = (ReadError, NeedsHelp)
_many = settings(
    max_examples=10**6 if _SECONDS > 10 else 60,
    deadline=timedelta(seconds=30),
    suppress_health_check=list(HealthCheck),
    derandomize=_SECONDS <= 10,
    database=None,
)


class _Enough(BaseException):
    """Ends a law when its time is up; Hypothesis lets it through."""


class _Clock:
    def __init__(self) -> None:
        self.began = monotonic()

    def check(self) -> None:
        if monotonic() - self.began > _SECONDS:
            raise _Enough


def _read(data: bytes) -> None:
    try:
        document = parse_document(data, Limits())
    except _EXPECTED:
        return
    except RecursionError:  # the child answers it as a damaged file
        return
    assert from_wire(Document, to_wire(document)) == document
    with contextlib.suppress(ReadError):
        extract(document, file="tep")


@pytest.mark.parametrize("source", sorted(_SOURCES))
def test_a_file_with_bytes_changed_is_read_or_refused(source: str) -> None:
    data, clock = _SOURCES[source], _Clock()
    place = st.integers(0, len(data) - 1)
    change = st.tuples(place, st.sampled_from(("set", "cut", "double", "insert")), st.binary(max_size=12))

    @_many
    @given(st.lists(change, min_size=1, max_size=12))
    def law(changes: list[tuple[int, str, bytes]]) -> None:
        clock.check()
        spoilt = bytearray(data)
        for at, how, what in changes:
            _change(spoilt, at, how, what)
        _read(bytes(spoilt))

    with contextlib.suppress(_Enough):
        law()


def _change(spoilt: bytearray, at: int, how: str, what: bytes) -> None:
    at = min(at, len(spoilt))
    match how:
        case "set":
            spoilt[at : at + len(what)] = what
        case "cut":
            del spoilt[at : at + 1 + len(what) ** 2]
        case "double":
            spoilt[at:at] = spoilt[at : at + 400]
        case "insert":
            spoilt[at:at] = what


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("docx", "word/document.xml"),
        ("docx", "word/styles.xml"),
        ("docx", "word/numbering.xml"),
        ("xlsx", "xl/worksheets/sheet1.xml"),
        ("xlsx", "xl/styles.xml"),
        ("xlsx", "xl/workbook.xml"),
    ],
)
def test_a_container_with_a_changed_part_is_read_or_refused(source: str, part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(_SOURCES[source])) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    text, clock = parts[part].decode(), _Clock()
    pieces = sorted({piece + ">" for piece in text.split(">") if "<" in piece})[:400]
    change = st.tuples(
        st.integers(0, len(text)),
        st.one_of(st.sampled_from(pieces), st.from_regex(r'"-?[0-9]{1,12}"', fullmatch=True), st.just("")),
        st.integers(0, 120),
    )

    @_many
    @given(st.lists(change, min_size=1, max_size=6))
    def law(changes: list[tuple[int, str, int]]) -> None:
        clock.check()
        spoilt = text
        for at, what, cut in changes:
            spoilt = spoilt[:at] + what + spoilt[at + cut :]
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
            for name, body in (parts | {part: spoilt.encode("utf-8", "replace")}).items():
                made.writestr(name, body)
        _read(held.getvalue())

    with contextlib.suppress(_Enough):
        law()


_WORDS = st.sampled_from(
    (
        "|",
        "\n",
        "\t",
        "TT",
        "STT",
        "Nhiệm vụ",
        "Cơ quan chủ trì",
        "Thời hạn",
        "1",
        "I.",
        "6.1",
        "-",
        "#",
        "---",
        " ",
    )
)


def test_any_bytes_are_read_or_refused() -> None:
    clock = _Clock()
    starts = st.sampled_from(
        (b"", b"PK\x03\x04", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"\xff\xfe")
    )

    @_many
    @given(
        starts, st.one_of(st.binary(max_size=300), st.lists(_WORDS, max_size=80).map(lambda w: "".join(w).encode()))
    )
    def law(start: bytes, rest: bytes) -> None:
        clock.check()
        _read(start + rest)

    with contextlib.suppress(_Enough):
        law()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("", "format", "blocks", "text", "place", "rows", "cells")), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(_many, max_examples=200)
@given(_JSON)
def test_what_a_child_sends_is_a_document_or_malformed(data: object) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(from_wire(Document, data), Document)
