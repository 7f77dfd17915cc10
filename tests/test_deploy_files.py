"""The unit, the container file and the compose example: as far as they can be tested without an engine."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
ROOMS = ("plans", "deadlines", "notifiers", "store", "config", "flows", "desk")
UNITS = sorted(DEPLOY.glob("*.service"))
TIMERS = sorted(DEPLOY.glob("*.timer"))


class Unit(configparser.RawConfigParser):
    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(path: Path) -> Unit:
    parser = Unit(strict=False, delimiters=("=",), interpolation=None)
    parser.read(path, encoding="utf-8")
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_gives_no_more_than_it_needs(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] == "dondoc"
    # What ends by itself, as a backup does, is started by its timer.
    assert service.get("Restart") == ("always" if service["Type"] != "oneshot" else None)
    wanted = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "UMask": "0077",
    }
    assert {name: service[name] for name in wanted} == wanted
    assert not re.search(r"(?i)password|secret|token", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [*UNITS, *TIMERS], ids=lambda path: path.name)
def test_systemd_takes_the_unit(path: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze: apt-get install systemd")
    # The programs stand elsewhere on this machine; everything else is as it is.
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    text = re.sub(r"/opt/dondoc/\.venv/bin/\w+", str(program), path.read_text(encoding="utf-8"))
    copy = tmp_path / path.name
    copy.write_text(text, encoding="utf-8")
    if path in TIMERS:
        started = path.with_suffix(".service").name
        (tmp_path / started).write_text(f"[Service]\nType=oneshot\nExecStart={program}\n", encoding="utf-8")
    result = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, timeout=60)
    ours = [line for line in result.stderr.splitlines() if path.name in line]
    assert ours == [], result.stderr
    assert result.returncode == 0, result.stderr


def test_the_command_for_people_works_with_the_services_settings(tmp_path: Path) -> None:
    """`deploy/dondoc`, with this machine's paths: each setting is exported as written, the user changed."""
    shown = tmp_path / "program"
    shown.write_text('#!/bin/sh\nid -un; printf "%s\\n" "$1" "$DONDOC_SMTP_URL" "$DONDOC_VAR"\n', encoding="utf-8")
    settings = tmp_path / "environment"
    settings.write_text(
        "# a remark\nDONDOC_SMTP_URL=smtp://u:p$(id)'`&x@host.example:25\nrm -rf x", encoding="utf-8"
    )
    own = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    # Only root may become somebody else; anybody may stay who they are.
    user = "nobody" if own == "root" else own
    text = (DEPLOY / "dondoc").read_text(encoding="utf-8")
    for old, new in (
        ("/opt/dondoc/.venv/bin/dondoc", str(shown)),
        ("/etc/dondoc/environment", str(settings)),
        ("user=dondoc", f"user={user}"),
    ):
        assert old in text
        text = text.replace(old, new)
    command = tmp_path / "dondoc"
    command.write_text(text.replace('--regid="$user"', "--regid=nogroup") if own == "root" else text)
    for file in (shown, command):
        file.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder.owner() == own and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    result = subprocess.run([str(command), "tasks list"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [
        user, "tasks list", "smtp://u:p$(id)'`&x@host.example:25", "/var/lib/dondoc",
    ]  # fmt: skip


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in joined.splitlines() if line.strip()]


def test_the_container_runs_as_nobody_in_particular_from_the_hashed_lock() -> None:
    found = instructions()
    assert [words for name, words in found if name == "USER"] == ["842:842"]
    assert any("--require-hashes -r requirements/run.txt" in words for name, words in found if name == "RUN")
    assert ("ENTRYPOINT", '["dondoc"]') in found
    assert any(name == "VOLUME" and "/var/lib/dondoc" in words for name, words in found)
    assert any(name == "HEALTHCHECK" and "/healthz" in words for name, words in found)
    last_user = max(number for number, (name, _) in enumerate(found) if name == "USER")
    assert not [words for name, words in found[last_user:] if name in {"RUN", "COPY", "ADD"}]


def test_everything_that_is_copied_into_the_container_is_there() -> None:
    for name, words in instructions():
        if name == "COPY" and "--from" not in words:
            for source in words.split()[:-1]:
                assert (ROOT / source).exists(), source
    for room in ROOMS:
        assert ("COPY", f"{room} {room}") in instructions()


def test_the_compose_example_keeps_secrets_in_files_and_roots_read_only() -> None:
    made = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for name, service in made["services"].items():
        for variable in service["environment"]:
            assert not re.search(r"PASSWORD$|KEY$|SMTP_URL$|DATABASE_URL$", variable), variable
        assert set(service.get("secrets", ())) <= set(made["secrets"])
        assert {volume.split(":")[0] for volume in service["volumes"]} - {"./config"} <= set(made["volumes"])
        if name != "database":
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]


def test_no_registry_is_named() -> None:
    for path in DEPLOY.iterdir():
        for image in re.findall(r"(?:FROM|image:|BASE=)\s*(\S+)", path.read_text(encoding="utf-8")):
            assert not re.search(r"^[\w-]+\.[\w.-]+/", image), image


def plain(name: str) -> str:
    """The name of a package as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def locked(name: str) -> dict[str, str]:
    """The version of each package of a lock."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return {plain(held): version for held, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", text)}


def imported() -> set[str]:
    """The outer names of all that the program imports, at the top of a module or in a function."""
    found = set[str]()
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(ROOMS) - sys.stdlib_module_names


def test_a_server_gets_what_running_needs_and_no_tool_for_tests() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run, dev, extra = locked("run"), locked("dev"), declared["optional-dependencies"]
    needed = {plain(one) for one in declared["dependencies"] + extra["build"]}
    assert needed <= set(run)
    assert run.items() <= dev.items()
    tools = {plain(one) for one in extra["dev"]} - needed
    assert {"pytest", "hypothesis", "mypy", "ruff", "playwright"} <= tools
    assert tools & set(run) == set()


def test_all_that_the_program_imports_is_in_the_lock_for_servers() -> None:
    known, run, names = packages_distributions(), locked("run"), imported()
    assert {"sqlalchemy", "prefect", "lxml"} <= names
    assert [name for name in names if not {plain(one) for one in known.get(name, ())} & set(run)] == []


def test_what_the_guides_install_on_a_server_is_the_lock_for_servers() -> None:
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\nproduction: $(VENV)/.run\n" in made
    rule = made.split("$(VENV)/.run: ")[1].split("\n\n")[0]
    assert "--require-hashes -r requirements/run.txt" in rule
    assert "dev.txt" not in rule
    for guide in ("operations.md", "operations.vi.md"):
        text = (ROOT / "docs" / guide).read_text(encoding="utf-8")
        assert re.findall(r"make -C \S+ (\w+)", text) == ["production"] * 2
