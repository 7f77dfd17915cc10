"""The policies file: what it may say, for whom, and how a mistake in it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.policies import load, loads
from config.policy_writing import to_toml
from deadlines.policy import Course
from tests.conftest import ROOT

PACKAGED = (ROOT / "config" / "policies.toml").read_text(encoding="utf-8")
MORE = """
[khan.lead]
due = [
  { days = 0 },
  { days = 1, repeat_every = 3 },
  { after_reminders = 3, repeat_every = 7, to = "leadership", channels = ["email"] },
]
opening = [{ days = 0 }]
check = [{ days = 0 }]
report = [{ days = 0 }]
waiting = [{ days = 7, repeat_every = 7, to = "operator" }]

[[use]]
policy = "khan"
task = 18

[[use]]
policy = "default"
plan = "12/KH-UBND"
agency = "phu-chau.so-y-te"

[[use]]
policy = "khan"
plan = "12/KH-UBND"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "policies.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_use_that_fits_a_task_an_agency_and_a_plan_holds(tmp_path: Path) -> None:
    policies = load(written(tmp_path, PACKAGED + MORE))
    other = "phu-chau.so-noi-vu"
    assert policies.name_for(plan="88/KH-UBND", agency=other, task=17) == "default"
    assert policies.name_for(plan="88/KH-UBND", agency=other, task=18) == "khan"
    assert policies.name_for(plan="12/KH-UBND", agency="phu-chau.so-y-te", task=17) == "default"
    assert policies.name_for(plan="12/KH-UBND", agency=other, task=17) == "khan"


def test_a_stage_begins_by_days_or_by_reminders(tmp_path: Path) -> None:
    stages = load(written(tmp_path, PACKAGED + MORE)).by_name["khan"].stages(Course.DUE, "lead")
    counted = stages[2]
    assert (counted.name, counted.after_reminders, counted.channels) == ("after-3-leadership", 3, ("email",))


@pytest.mark.parametrize(
    ("right", "wrong", "field", "value", "allowed"),
    [
        (
            "{ after_reminders = 3,",
            "{ days = 9, after_reminders = 3,",
            "khan.lead.due.2.days",
            "9",
            "một trong hai",
        ),
        ("{ after_reminders = 3,", "{", "khan.lead.due.2.days", "", "một trong hai"),
        ("after_reminders = 3", "after_reminders = 0", "khan.lead.due.2.after_reminders", "0", "1 đến 365"),
        ('to = "leadership"', 'to = "agency"', "khan.lead.due.2.to", "agency", "leadership, superior, operator"),
        (
            'to = "leadership"',
            'to = "chef"',
            "khan.lead.due.2.to",
            "chef",
            "agency, leadership, superior, operator",
        ),
        ("repeat_every = 3", "repeat_evry = 3", "khan.lead.due.1.repeat_evry", "3", "chính tả"),
        ("repeat_every = 3 }", "repeat_every = 3, repeat_limit = 9 }", "khan", "", "không giới hạn"),
        ('repeat_every = 7, to = "operator" }]', 'to = "agency" }]', "khan", "", "lead.waiting"),
        ("task = 18", 'task = "18a"', "use.0.task", "18a", "số"),
        ("task = 18", "task = 0", "use.0.task", "0", "1"),
        ('policy = "khan"\nplan', 'policy = "gấp"\nplan', "use.2.policy", "gấp", "default, khan"),
        ("[khan.lead]", "[khan.led]", "khan", "", "khan.lead, khan.coordinating"),
        ("check = [{ days = 0 }]", "chek = [{ days = 0 }]", "khan.lead.chek", "", "waiting"),
    ],
)
def test_a_mistake_names_file_field_value_and_what_is_allowed(
    tmp_path: Path, right: str, wrong: str, field: str, value: str, allowed: str
) -> None:
    assert right in MORE
    path = written(tmp_path, PACKAGED + MORE.replace(right, wrong))
    with pytest.raises(ConfigError) as caught:
        load(path)
    told = caught.value
    assert (Path(told.file).name, told.field, str(told.value)) == ("policies.toml", field, value)
    assert allowed in str(told)


def test_a_channel_that_does_not_exist_is_told(tmp_path: Path) -> None:
    policies = load(written(tmp_path, PACKAGED + MORE))
    policies.check_channels({"email": object()})
    with pytest.raises(ConfigError) as caught:
        policies.check_channels({"zalo": object()})
    assert caught.value.field == "khan.lead.due.2.channels"
    assert "zalo" in str(caught.value)


def test_what_is_written_reads_back_as_the_same(tmp_path: Path) -> None:
    policies = load(written(tmp_path, PACKAGED + MORE))
    again = loads(to_toml(policies))
    assert again.uses == policies.uses
    for name, policy in policies.by_name.items():
        assert again.by_name[name].lead == policy.lead
        assert again.by_name[name].coordinating == policy.coordinating
