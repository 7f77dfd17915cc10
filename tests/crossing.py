"""Sees of every statement whether each table in it is held to one province: by its own column, or through a join.

SELECT … FROM tasks WHERE tasks.province = ?                              held
SELECT … FROM tasks JOIN dues ON … WHERE dues.province = ?                held, by the join
SELECT … FROM tasks WHERE tasks.id = ?                                    not held: whose id?
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Engine, Table, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ColumnElement
from sqlalchemy.sql.selectable import Alias, FromClause, SelectBase


class Held:
    """Which tables of a statement are joined with which, and which stand for one province."""

    def __init__(self) -> None:
        self.tables = dict[int, str]()
        self.joined = dict[int, int]()
        self.provinces = set[int]()

    def top(self, node: int) -> int:
        while (above := self.joined.get(node, node)) != node:
            node = above
        return node

    def join(self, one: int, other: int) -> None:
        self.joined[self.top(one)] = self.top(other)

    def loose(self) -> set[str]:
        held = {self.top(node) for node in self.provinces}
        return {name for node, name in self.tables.items() if self.top(node) not in held}


def loose_tables(statement: Any) -> set[str]:
    """The tables of a statement that nothing holds to one province."""
    found = Held()
    if isinstance(statement, (Update, Delete)):
        found.tables[id(statement.table)] = statement.table.name
    elif isinstance(statement, Insert):
        # What is inserted names its province, or the database refuses it.
        statement = statement.select
        if statement is None:
            return set()
    for part in visitors.iterate(statement):
        if isinstance(part, (Table, Alias)):
            table = part if isinstance(part, Table) else part.element
            # A catalogue of the database's own has no provinces; a table of ours without one is another test's.
            if isinstance(table, Table) and "province" in table.c:
                found.tables[id(part)] = table.name
        elif isinstance(part, FromClause) and isinstance(inner := getattr(part, "element", None), SelectBase):
            for one in visitors.iterate(inner):
                if isinstance(one, (Table, Alias)):
                    found.join(id(part), id(one))
        elif isinstance(part, BinaryExpression):
            _compare(found, part)
    return found.loose()


def _compare(found: Held, part: BinaryExpression[Any]) -> None:
    if part.operator not in (operators.eq, operators.in_op):
        return
    left, right = part.left, part.right
    one, other = _owner(left), _owner(right)
    if one is not None and other is not None:
        found.join(id(one), id(other))
    elif one is not None and not isinstance(right, BindParameter):
        # IN (SELECT …): what is chosen among stands for what is chosen.
        for inner in visitors.iterate(right):
            if isinstance(inner, (Table, Alias)):
                found.join(id(one), id(inner))
    for column, value in ((left, right), (right, left)):
        owner = _owner(column)
        if owner is not None and isinstance(value, BindParameter) and _names_one(column):
            found.provinces.add(id(owner))


def _names_one(column: Any) -> bool:
    """The province itself, or the id of a row that was found before: ids stand for one row of one province."""
    base = next(iter(column.base_columns), column)
    return column.key in {"province", "id"} or bool(getattr(base, "foreign_keys", ()))


def _owner(part: ColumnElement[Any]) -> FromClause | None:
    return getattr(part, "table", None) if isinstance(part, (Column, ColumnElement)) else None


@contextmanager
def watched() -> Iterator[dict[tuple[str, str], int]]:
    """Counts, while it lasts, what is loose: by the place in our program and the tables."""
    seen = dict[tuple[str, str], int]()

    def look(_connection: Any, statement: Any, *_rest: Any) -> None:
        if not hasattr(statement, "compile") or not (loose := loose_tables(statement)):
            return
        key = (_where(), ", ".join(sorted(loose)))
        seen[key] = seen.get(key, 0) + 1

    event.listen(Engine, "before_execute", look)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_execute", look)


def _where() -> str:
    frame = sys._getframe(2)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        ours = "/store/" in file or "/flows/" in file or "/desk/" in file
        if ours and "sqlalchemy" not in file and not file.endswith("/store/database.py"):
            return f"{file.rpartition('/')[2]}:{frame.f_code.co_name}"
        frame = frame.f_back
    return "?"
