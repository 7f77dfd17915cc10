"""Everything that a step works with, opened when first needed: starting up must stay quick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config import settings as settings_files
from config.settings import Settings
from store.database import Database
from store.sealing import Seal, load_seal

AGENCIES, POLICIES, CALENDAR, TEMPLATE = "agencies", "policies", "calendar:", "template:"
"""The parts of the configuration that can be edited at the desk; a year, or a file's name, follows the colon."""

if TYPE_CHECKING:
    from config.channels import Channels
    from config.policies import Policies
    from deadlines.calendar import Calendar
    from deadlines.directory import Directory
    from notifiers.zalo.settings import ZaloSettings


@dataclass(frozen=True)
class Workplace:
    """One installation at work for one province. Opening a part may raise ConfigError or StoreError."""

    settings: Settings
    environment: Mapping[str, str] | None = field(default=None, repr=False)
    """Where secrets are; None: the environment of the process."""

    @property
    def province(self) -> str:
        return self.settings.office.province

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.schedule.zone

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database_url, busy_seconds=self.settings.busy_seconds)

    def validate(self) -> None:
        """Read every configuration file, so that a mistake is refused at the start. Raises ConfigError."""
        from flows.steps.channels import check_channels

        for part in (self.policies, self.channels, self.directory, self.calendar):
            assert part is not None
        self.policies.check_channels(self.channels.by_name)
        check_channels(self)

    def ready(self) -> Database:
        """The database at the newest schema; an empty one is set up. Raises StoreError where it is older."""
        from store.migrate import check, migrate, revision

        if revision(self.database) is None:
            migrate(self.database)
        check(self.database)
        return self.database

    @cached_property
    def seal(self) -> Seal:
        return load_seal(self.settings.key, self.settings.var)

    @cached_property
    def edits(self) -> Mapping[str, str]:
        """What admins wrote at the desk in the place of configuration files, by part. Raises StoreError."""
        from store.editions import current

        path = self.database.path
        if path is not None and not path.exists():
            return {}
        with self.database.read() as connection:
            return current(connection, self.province, lambda: self.seal)

    @cached_property
    def calendar(self) -> Calendar:
        from config.calendars import load

        years = {name: text for name, text in self.edits.items() if name.startswith(CALENDAR)}
        return load(
            self.settings.folder / "calendars",
            {int(name.removeprefix(CALENDAR)): text for name, text in years.items()},
        )

    @cached_property
    def directory(self) -> Directory:
        from config.agencies import load, loads

        edited = self.edits.get(AGENCIES)
        if edited is not None:
            return loads(edited, "danh bạ sửa tại bàn làm việc")
        return load(self.settings.folder / "agencies" / f"{self.province}.toml")

    @cached_property
    def policies(self) -> Policies:
        from config.policies import load, loads

        edited = self.edits.get(POLICIES)
        if edited is not None:
            return loads(edited, "chính sách sửa tại bàn làm việc")
        return load(self.settings.folder / "policies.toml")

    @cached_property
    def templates(self) -> Path | None:
        """The folder of the admins' own wordings; None where there are none."""
        from flows.steps.wording import folder_of

        own = self.settings.folder / "templates"
        edited = {
            name.removeprefix(TEMPLATE): text for name, text in self.edits.items() if name.startswith(TEMPLATE)
        }
        return folder_of(own, edited, self.settings.var)

    @cached_property
    def channels(self) -> Channels:
        from config.channels import load

        file = self.settings.folder / "channels.toml"
        return load(file, smtp_url=self.settings.smtp_url, environment=self.environment)

    @cached_property
    def zalo(self) -> ZaloSettings:
        """The Zalo account of `zalo.toml`."""
        from config.zalo import load
        from notifiers.zalo.settings import settings_from

        return settings_from(load(self.settings.folder / "zalo.toml", environment=self.environment).values())

    @cached_property
    def zalo_people(self) -> dict[tuple[str, str], str]:
        """User ids by kind ("oa", "bot") and contact, as far as their owners have made themselves known."""
        from store.zalo import linked_people

        with self.database.read() as connection:
            return dict(linked_people(connection, self.province, self.seal))

    def forget_people(self) -> None:
        """Have who is linked on Zalo read again when next needed."""
        self.__dict__.pop("zalo_people", None)


def open_workplace(environment: Mapping[str, str] | None = None, province: str | None = None) -> Workplace:
    """The workplace that the environment and the configuration describe. Raises ConfigError.

    `province` is one of several; None: that of DONDOC_PROVINCE or of `dondoc.toml`.
    """
    return Workplace(settings_files.load(environment, province), environment)


def open_workplaces(environment: Mapping[str, str] | None = None) -> tuple[Workplace, ...]:
    """One for each province of the installation (DONDOC_PROVINCES). Raises ConfigError."""
    return tuple(open_workplace(environment, name) for name in settings_files.provinces(environment))
