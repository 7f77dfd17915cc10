"""The unit, the container file and the compose example: as far as they can be tested without an engine."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
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
    for room in ("plans", "deadlines", "notifiers", "store", "config", "flows", "desk"):
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
