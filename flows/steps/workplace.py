"""Everything that a step works with, opened when first needed: starting up must stay quick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from config import settings as settings_files
from config.settings import Settings
from store.database import Database
from store.sealing import Seal, load_seal

if TYPE_CHECKING:
    from config.channels import Channels
    from config.policies import Policies
    from deadlines.calendar import Calendar
    from deadlines.directory import Directory


@dataclass(frozen=True)
class Workplace:
    """One installation at work for one province. Opening a part may raise ConfigError or StoreError."""

    settings: Settings

    @property
    def province(self) -> str:
        return self.settings.office.province

    @cached_property
    def database(self) -> Database:
        return Database(self.settings.database_url, busy_seconds=self.settings.busy_seconds)

    def validate(self) -> None:
        """Read every configuration file, so that a mistake is refused at the start. Raises ConfigError."""
        for part in (self.policies, self.channels, self.directory, self.calendar):
            assert part is not None

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
    def calendar(self) -> Calendar:
        from config.calendars import load

        return load(self.settings.folder / "calendars")

    @cached_property
    def directory(self) -> Directory:
        from config.agencies import load

        return load(self.settings.folder / "agencies" / f"{self.province}.toml")

    @cached_property
    def policies(self) -> Policies:
        from config.policies import load

        return load(self.settings.folder / "policies.toml")

    @cached_property
    def channels(self) -> Channels:
        from config.channels import load

        return load(self.settings.folder / "channels.toml", smtp_url=self.settings.smtp_url)


def open_workplace(environment: Mapping[str, str] | None = None) -> Workplace:
    """The workplace that the environment and the configuration describe. Raises ConfigError."""
    return Workplace(settings_files.load(environment))
