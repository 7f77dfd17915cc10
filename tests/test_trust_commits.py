"""Whatever is killed just before it commits has done nothing: the short form of bench/crash/commits.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.crash.commits import trial


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """The URL of an empty database for each name."""
    if request.param == "sqlite":
        return lambda name: f"sqlite:///{tmp_path / name}.db"
    server: str = request.getfixturevalue("postgres_server")

    def created(name: str) -> str:
        import uuid

        import psycopg

        own = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{own}"')  # type: ignore[arg-type]
        return f"{server}/{own}"

    return created


def test_a_commit_is_whole_or_it_is_not_there(databases: Callable[[str], str], tmp_path: Path) -> None:
    trial(each=1, url=databases, folder=tmp_path)
