"""Which address belongs to which channel, and that a mistake in a channel is refused before anything starts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import ConfigError
from deadlines.directory_types import Contact, Role
from flows.steps.channels import zalo_scheme
from flows.steps.reach import _address
from flows.steps.trying import trial_message
from flows.steps.workplace import Workplace, open_workplace
from notifiers.fake_zalo import start
from notifiers.fake_zalo.page import example_world
from tests.test_flows_zalo import configured

AGENCY = "phu-chau.so-y-te"
NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)


def place(tmp_path: Path, environment: dict[str, str], channels: str) -> Workplace:
    folder = tmp_path / "config"
    if not folder.exists():
        with start(example_world()) as server:
            configured(folder, server, "zalooa")
    (folder / "channels.toml").write_text(channels + '\n[email]\nurl = ""\n', encoding="utf-8")
    return open_workplace(environment | {"DONDOC_CONFIG": str(folder)})


PERSON = Contact(role=Role.FOCAL, email="a@b.example", phone="84912345678", zalo_uid="7001")


@pytest.mark.parametrize(
    ("url", "uid", "expected"),
    [
        ("zalooa://oa/nhac-viec", "7001", "84912345678"),
        ("zalouid://oa/nhac-viec", "7001", "7001"),
        ("zalouid://oa/nhac-viec", "group:9", None),
        ("zalocs://oa", "7001", "7001"),
        ("zalogmf://oa", "group:9", "9"),
        ("zalogmf://oa", "7001", None),
        ("zalobot://oa", "chat:55", "55"),
        ("zalobot://oa", "7001", None),
        ("smtp://127.0.0.1:25", "7001", "a@b.example"),
        ("eml:///tmp/x", "7001", "a@b.example"),
    ],
)
def test_each_scheme_takes_its_own_kind_of_address(
    tmp_path: Path, environment: dict[str, str], url: str, uid: str, expected: str | None
) -> None:
    opened = place(tmp_path, environment, f'[other]\nurl = "{url}"\n')
    opened.ready()
    agency = opened.directory.agency(AGENCY)
    assert agency is not None
    person = Contact(role=PERSON.role, email=PERSON.email, phone=PERSON.phone, zalo_uid=uid)
    assert _address(agency, person, "other", opened) == expected


@pytest.mark.parametrize(
    ("channels", "field"),
    [
        ('[zalo]\nurl = "zalooa://oa/khong-co"\n', "zalo.url"),
        ('[zalo]\nurl = "zalooa://khac/nhac-viec"\n', "zalo.url"),
        ('[zalo]\nurl = "zalooa://oa"\n', "zalo.url"),
        ('[chat]\nurl = "mailto://a:b@c.example"\n', "chat.url"),
    ],
)
def test_a_mistake_in_a_channel_is_refused_at_the_start(
    tmp_path: Path, environment: dict[str, str], channels: str, field: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        place(tmp_path, environment, channels).validate()
    assert refused.value.field == field


def test_a_template_that_cannot_be_filled_is_refused_at_the_start(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    opened = place(tmp_path, environment, '[zalo]\nurl = "zalooa://oa/nhac-viec"\n')
    opened.validate()
    file = opened.settings.folder / "zalo.toml"
    file.write_text(file.read_text("utf-8").replace("{{ agency }}", "{{ agancy }}"), "utf-8")
    with pytest.raises(ConfigError, match="agancy"):
        place(tmp_path, environment, '[zalo]\nurl = "zalooa://oa/nhac-viec"\n').validate()


def test_a_trial_message_has_its_channels_form(tmp_path: Path, environment: dict[str, str]) -> None:
    opened = place(tmp_path, environment, '[zalo]\nurl = "zalooa://oa/nhac-viec"\n[cs]\nurl = "zalocs://oa"\n')
    assert zalo_scheme(opened, "zalo") == "zalooa"
    assert zalo_scheme(opened, "email") is None
    by_template = trial_message(opened, "84912345678", "zalo", now=NOW)
    assert set(by_template.fields) == {"agency", "count", "late", "due"}
    assert "Tin thử" in trial_message(opened, "7001", "cs", now=NOW).text
    assert trial_message(opened, "a@b.example", "email", now=NOW).subject
