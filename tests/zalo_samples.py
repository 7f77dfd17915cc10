"""An invented Official Account on loopback, for the tests of Zalo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notifiers.fake_zalo import FakeServer, FakeTemplate, World, start
from notifiers.message import Message
from notifiers.zalo import FileTokenStore, ZaloChannel, ZaloSettings, open_zalo, put_pair
from notifiers.zalo.templates import Param, ParamType, Template

MORNING = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
"""08:00 on a Monday in Vietnam."""
PHONE = "84912345678"
FIELDS = {"agency": "Sở Y tế tỉnh An Hòa", "count": "3", "due": "30/11/2026"}
URLS = {
    "zalooa": "zalooa://oa/nhac-viec",
    "zalouid": "zalouid://oa/nhac-viec",
    "zalocs": "zalocs://oa",
    "zalogmf": "zalogmf://oa",
    "zalobot": "zalobot://oa",
}
TO = {
    "zalooa": PHONE,
    "zalouid": "uid-100",
    "zalocs": "uid-100",
    "zalogmf": "group-7",
    "zalobot": "chat-55",
}


@dataclass
class Clock:
    now: datetime = MORNING
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


PARAMS = (
    {"name": "agency", "require": True, "type": "PRODUCT", "minLength": 1, "maxLength": 60, "acceptNull": False},
    {"name": "count", "require": True, "type": "QUANTITY", "minLength": 1, "maxLength": 20, "acceptNull": False},
    {"name": "due", "require": True, "type": "DATE", "minLength": 0, "maxLength": 20, "acceptNull": False},
)
TEMPLATE = Template(
    name="nhac-viec",
    id="100001",
    params=(
        Param(name="agency", type=ParamType.PRODUCT, max_length=60, value="{{ agency }}", shorten=True),
        Param(name="count", type=ParamType.QUANTITY, value="{{ count }}"),
        Param(name="due", type=ParamType.DATE, value="{{ nearest_due or on }}"),
    ),
)


@dataclass
class Office:
    """One account, its fake, and where its tokens are."""

    clock: Clock
    world: World
    server: FakeServer
    settings: ZaloSettings
    store: FileTokenStore
    path: Path
    stack: ExitStack

    def channel(self, kind: str = "zalooa", **changes: object) -> ZaloChannel:
        settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        return self.stack.enter_context(
            open_zalo(URLS[kind], tokens=self.store, settings=settings, clock=self.clock, sleep=self.clock.sleep)
        )

    def sends(self) -> int:
        """Requests that would send something; reading a template's details is none."""
        paths = ("/message/template", "/v3.0/oa/message", "/v3.0/oa/group", "/bot")
        return sum(1 for one in self.world.records if one.method == "POST" and one.path.startswith(paths))


def message(kind: str = "zalooa", number: int = 1, **changes: object) -> Message:
    plain = Message(
        key=f"t0:once|2026-11-30|on-day|so-y-te|{kind}|{number}",
        to=TO[kind],
        subject="Nhắc việc",
        text="Đơn vị có 3 nhiệm vụ đến hạn.",
        created=MORNING,
        fields=FIELDS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@contextmanager
def office(folder: Path, *, seed: int = 1) -> Iterator[Office]:
    clock = Clock()
    world = World(clock=clock, seed=seed, templates=(FakeTemplate(id="100001", name="Nhắc việc", params=PARAMS),))
    path = folder / "tokens.json"
    with start(world) as server, ExitStack() as stack:
        settings = settings_for(server)
        store = FileTokenStore(path)
        access, refresh = world.accounts.grant()
        put_pair(store, access, refresh, now=clock(), lock_seconds=5)
        yield Office(
            clock=clock, world=world, server=server, settings=settings, store=store, path=path, stack=stack
        )


def settings_for(server: FakeServer, **changes: object) -> ZaloSettings:
    known = server.world.settings
    plain = ZaloSettings(
        app_id=known.app_id,
        oa_id=known.oa_id,
        app_secret=known.app_secret,
        oa_secret=known.oa_secret,
        bot_token=known.bot_token,
        bot_secret="secret-of-the-bot-hook",
        business_base=server.base,
        oa_base=server.base,
        oauth_base=server.base,
        bot_base=server.base,
        connect_seconds=2,
        read_seconds=0.5,
        total_seconds=2,
        refresh_lock_seconds=5,
        jitter_seconds=0,
        rate_per_minute=0,
        templates={TEMPLATE.name: TEMPLATE},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
