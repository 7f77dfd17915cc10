"""What every test may use: where the real plans are, a workplace of its own, real servers on loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.testclient import TestClient

from store.database import Database

if TYPE_CHECKING:
    from flows.steps.workplace import Workplace

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "docs" / "samples"


def shared_folder() -> Path:
    """The folder with the real plans and what a careful reader reads in them."""
    given = os.environ.get("DONDOC_SHARED")
    return Path(given) if given else ROOT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: with several workers the rest is done beside it."""
    items.sort(key=lambda item: item.path.name != "test_flows_machines.py")


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """Every browser of the tests asks in one event loop, instead of starting and ending one for each request."""
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        yield
        TestClient.portal = None


@pytest.fixture(autouse=True)
def closed_databases(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test opened is closed behind it: FastAPI remembers every desk, and a process has few files."""
    opened = list[Database]()
    open_one = Database.__init__

    def remembered(self: Database, url: str, **more: Any) -> None:
        opened.append(self)
        open_one(self, url, **more)

    monkeypatch.setattr(Database, "__init__", remembered)
    yield
    for one in opened:
        if hasattr(one, "engine"):
            one.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = shared_folder()
    if not (folder / "plans").is_dir() or not (folder / "gold").is_dir():
        pytest.skip(f"the real plans are not here ({folder}); set DONDOC_SHARED")
    return folder


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The DONDOC_* variables of a fresh installation."""
    return {"DONDOC_VAR": str(tmp_path / "var")}


@pytest.fixture
def place(environment: dict[str, str]) -> Workplace:
    """A fresh installation whose desk has an address."""
    from tests.desk_samples import opened

    return opened(environment)


class Cli:
    """Runs `dondoc` as a person does: a process of its own."""

    def __init__(self, environment: dict[str, str], cwd: Path) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
        self.environment = clean | environment | {"COLUMNS": "200"}
        self.cwd = cwd

    def __call__(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "desk.cli", *words],
            env=self.environment | {"PYTHONPATH": str(ROOT)} | more,
            cwd=self.cwd,
            capture_output=True,
            text=True,
            timeout=300,
        )


@pytest.fixture
def dondoc(environment: dict[str, str], tmp_path: Path) -> Cli:
    return Cli(environment, tmp_path)


def postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, without a database name; it ends with the tests."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs: apt-get install postgresql")
    folder = Path(f"/tmp/dondoc-pg-{uuid.uuid4().hex[:8]}")
    folder.mkdir(mode=0o700)
    port = str(20000 + os.getpid() % 20000)
    as_postgres: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    run = lambda *words: subprocess.run([*as_postgres, *words], check=True, capture_output=True, cwd="/tmp")  # noqa: E731
    data = folder / "data"
    run(
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "dondoc",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://dondoc@127.0.0.1:{port}"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    import psycopg

    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{postgres_server}/{name}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgres_url"))
