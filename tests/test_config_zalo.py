"""config/zalo.py: the file as shipped, what is refused, and that no secret is ever quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import zalo
from config.errors import ConfigError
from notifiers.zalo.codes import Trouble
from notifiers.zalo.settings import ZaloSettings, settings_from

SHIPPED = Path(zalo.__file__).with_name("zalo.toml")


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "zalo.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_says_the_defaults_of_the_notifier() -> None:
    settings = settings_from(zalo.load(SHIPPED, environment={}).values())
    assert set(settings.templates) == {"nhac-viec"}
    plain = ZaloSettings(templates=settings.templates)
    assert settings == plain


def test_an_empty_file_says_the_defaults_too(tmp_path: Path) -> None:
    assert settings_from(zalo.load(written(tmp_path, ""), environment={}).values()) == ZaloSettings()


def test_templates_arrive_with_their_parameters() -> None:
    template = settings_from(zalo.load(SHIPPED, environment={}).values()).templates["nhac-viec"]
    assert [(p.name, p.limit, p.shorten) for p in template.params] == [
        ("agency", 200, True),
        ("count", 20, False),
        ("late", 20, False),
        ("due", 20, False),
    ]


def test_every_trouble_that_config_knows_is_one_of_the_notifier() -> None:
    assert set(zalo.Trouble.__args__) <= {trouble.value for trouble in Trouble}  # type: ignore[attr-defined]


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    hidden = tmp_path / "secret"
    hidden.write_text("bí-mật-2\n", encoding="utf-8")
    environment = {"DONDOC_ZALO_APP_SECRET": "bí-mật-1", "DONDOC_ZALO_OA_SECRET_FILE": str(hidden)}
    found = zalo.load(SHIPPED, environment=environment)
    assert (found.app_secret, found.oa_secret) == ("bí-mật-1", "bí-mật-2")
    assert "bí-mật" not in repr(found)
    assert "bí-mật" not in repr(settings_from(found.values()))


def test_a_mistake_never_quotes_a_secret(tmp_path: Path) -> None:
    path = written(tmp_path, "[tokens]\nrefresh_lock_seconds = 5.0\n")
    with pytest.raises(ConfigError) as refused:
        zalo.load(path, environment={"DONDOC_ZALO_APP_SECRET": "bí-mật-1"})
    assert "bí-mật" not in str(refused.value)
    assert "refresh_lock_seconds" in refused.value.allowed


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [
        ('app_secret = "x"', "app_secret", "DONDOC_ZALO_APP_SECRET"),
        ('[account]\nname = "Có dấu"', "account.name", "không dấu"),
        ('[account]\napp_id = "12a"', "account.app_id", "dãy chữ số"),
        ('[account]\nmode = "production"', "account.mode", "development"),
        ('[account]\nsending_mode = "2"', "account.sending_mode", "1 hoặc 3"),
        ('[service]\noa_base = "http://openapi.zalo.me"', "service", "https://"),
        ('[service]\noa_base = "https://evil.example"', "service", "other_hosts"),
        ('[service]\noa_base = "https://openapi.zalo.me@evil.example"', "service", "không kèm mật khẩu"),
        ('[service]\noa_base = "http://169.254.169.254"', "service", "https://"),
        ('[service]\nmobile_pattern = "("', "service.mobile_pattern", "biểu thức chính quy"),
        ('[service]\nuid_path = "//evil.example/x y"', "service.uid_path", ""),
        ("[service]\nrate_per_minute = 0", "service.rate_per_minute", "1"),
        ("[tokens]\nrefresh_after = 90001", "tokens.refresh_after", "90000"),
        ('[quiet]\ntimezone = "Hà Nội"', "quiet", "IANA"),
        ("[quiet]\nresume = 23:00:00", "quiet", "ngoài khoảng"),
        ('[quiet]\nkinds = ["sms"]', "quiet.kinds.0", "zalooa"),
        ('[webhook]\nfirst = "user_id"', "webhook.first", "oa_id"),
        ('[codes]\n"-115" = "tiền"', "codes.-115", "money"),
        ('[[template]]\nname = "a"\nid = "x"', "template.0.id", ""),
        ('[[template]]\nname = "a"\nid = "1"\nparam = []', "template.0.param", ""),
        (
            '[[template]]\nname = "a"\nid = "1"\n[[template.param]]\nname = "b"\nvalue = "{{ a"',
            "template.0.param.0.value",
            "Jinja",
        ),
        (
            '[[template]]\nname = "a"\nid = "1"\n[[template.param]]\nname = "b c"\nvalue = "x"',
            "template.0.param.0.name",
            "",
        ),
        ("[nonsense]\nx = 1", "nonsense", "chính tả"),
    ],
)
def test_refused_with_field_and_what_is_allowed(tmp_path: Path, text: str, field: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as refused:
        zalo.load(written(tmp_path, text), environment={})
    assert refused.value.field == field
    assert allowed in refused.value.allowed


def test_a_host_that_the_admin_names_is_allowed(tmp_path: Path) -> None:
    text = '[service]\nother_hosts = ["cong.tinh.example"]\noa_base = "https://cong.tinh.example"\n'
    settings = settings_from(zalo.load(written(tmp_path, text), environment={}).values())
    assert settings.oa_base == "https://cong.tinh.example"
