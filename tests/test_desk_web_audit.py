"""The audit log as people read it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from desk.web.audit_words import kind_and_name, page_of, values
from flows.steps.workplace import Workplace
from tests.desk_samples import Clock, add_user, logged_in, with_samples


@pytest.mark.parametrize(
    ("subject", "kind", "name", "page"),
    [
        ("user:lan", "người dùng", "lan", ""),
        ("task:15", "nhiệm vụ mã", "15", "/tasks/15"),
        ("agency:phu-chau.so-y-te", "cơ quan", "phu-chau.so-y-te", "/agencies/phu-chau.so-y-te"),
        ("odd", "", "odd", ""),
        ("new:kind", "", "new:kind", ""),
    ],
)
def test_what_an_entry_is_about(subject: str, kind: str, name: str, page: str) -> None:
    assert (kind_and_name(subject), page_of(subject)) == ((kind, name), page)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (None, []),
        ({"role": "admin", "active": True}, [("vai trò", "Quản trị viên"), ("đang dùng", "có")]),
        ({"added": 0, "number": "12/KH", "text": None}, [("thêm mới", "0"), ("số", "12/KH")]),
        ({"scopes": ["a", "b"], "odd": {"x": 1}}, [("quyền", "a, b"), ("odd", '{"x": 1}')]),
        ("một chữ", [("", "một chữ")]),
        ({"on": "2026-06-01", "text": "2026-02-30"}, [("ngày", "01/06/2026"), ("nội dung", "2026-02-30")]),
        ({"text": "x" * 500}, [("nội dung", "x" * 400 + " …")]),
    ],
)
def test_what_was_before_and_after(held: Any, told: list[tuple[str, str]]) -> None:
    assert values(held) == told


def test_the_page_shows_no_brackets_and_no_names_of_the_program(place: Workplace) -> None:
    clock = Clock(place)
    with_samples(place)
    add_user(place, clock, "mai", "viewer")
    page = html.unescape(logged_in(place, clock, "operator").get("/audit").text)
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "kế hoạch" in rows
    assert re.findall(r"[{}]|user:|plan:|user\.add|plan\.import", rows) == []
