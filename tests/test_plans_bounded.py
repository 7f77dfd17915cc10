"""The child process: what it may use, how it ends, what comes back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from plans.bounded import memory_file, run
from plans.document import Document, Paragraph, Place, Row, Table
from plans.errors import Classified, ReadError
from plans.limits import MIB, Limits
from plans.types import PartialDate, Plan, TableKind, Task
from plans.wire import Malformed, from_wire, to_wire

QUICK = Limits(seconds=2, memory=256 * MIB, answer_size=MIB)


def child(work: str, data: bytes = b"x", limits: Limits = QUICK) -> object:
    with memory_file(data) as source:
        return run(f"tests.misbehaving:{work}", source, {"colour": "xanh"}, limits)


def test_bytes_and_options_go_in_and_the_answer_comes_out() -> None:
    assert child("echo", "Đôn Đốc".encode()) == {"size": 12, "colour": "xanh"}


def test_a_read_error_comes_home_with_its_kind_and_cure() -> None:
    with pytest.raises(ReadError, match=r"Tệp này hỏng\. Lấy bản khác\.") as met:
        child("complain")
    assert (met.value.reason, met.value.cure) == ("Tệp này hỏng.", "Lấy bản khác.")
    with pytest.raises(Classified):
        child("keep_secret")


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ("sleep", "quá 2 giây"),
        ("spin", "quá"),
        ("eat", "256 MB bộ nhớ"),
        ("shout", "256 MB bộ nhớ|dừng đột ngột|bộ nhớ"),
        ("crash", r"RecursionError|ValueError"),
        ("die", "dừng đột ngột"),
        ("kill_itself", "bộ nhớ|dừng đột ngột"),
    ],
)
def test_a_child_that_goes_astray_is_a_clear_error(work: str, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        child(work)


def test_an_unforeseen_error_does_not_quote_the_document() -> None:
    with pytest.raises(ReadError) as met:
        child("crash")
    assert "bí mật" not in str(met.value)


def test_what_the_child_prints_is_no_answer() -> None:
    assert child("chatter") == "đúng"


def test_the_child_knows_nothing_of_the_environment() -> None:
    seen = child("environment")
    assert isinstance(seen, list)
    assert set(seen) <= {"LC_ALL", "LC_CTYPE"}


PLACE = Place(line=3, sheet="Phụ lục")
DOCUMENT = Document(
    format="xlsx",
    blocks=(
        Paragraph(text="Kế hoạch", place=PLACE, heading=True, italic=("hoạch",)),
        Table(rows=(Row(cells=("1", None, ""), place=PLACE),), place=Place(table=1), complete=False),
    ),
    warnings=("Thiếu phụ lục.",),
)
TASK = Task(
    table=TableKind.DUTIES, number="1", title="Họp", place=PLACE, lead_text="", confidence=0.5, doubts=("?",)
)
PLAN = Plan(
    file="a.txt", format="txt", number=None, issued=date(2026, 2, 9), issuer="Tỉnh", title=None, tasks=(TASK,)
)


@pytest.mark.parametrize(
    "value",
    [
        DOCUMENT,
        PLAN,
        replace(PLAN, issued=PartialDate(year=2026, month=2, day=None, text="ngày tháng 02 năm 2026")),
    ],
)
def test_contract_values_survive_the_wire(value: Document | Plan) -> None:
    data = json.loads(json.dumps(to_wire(value)))
    assert from_wire(type(value), data) == value


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"": "Plan"},
        {"": "Document", "format": 3, "blocks": []},
        {"": "Document", "format": "txt", "blocks": [{"": "Place"}]},
        {"": "Document", "format": "txt", "blocks": [{"": "Paragraph", "text": "x", "place": None}]},
        {"": "Document", "format": "txt", "blocks": {}, "extra": 1},
        {"": "Document", "format": "txt", "blocks": [], "warnings": [1]},
    ],
)
def test_anything_else_on_the_wire_is_refused(data: object) -> None:
    with pytest.raises(Malformed):
        from_wire(Document, data)
