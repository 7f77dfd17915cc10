"""How a mistake in a configuration file is told: where, what stands there, and what may stand there."""

from __future__ import annotations

from pathlib import PurePath


class ConfigError(Exception):
    """One mistake. `str()` is one line in Vietnamese for the admin.

    `value` is shown as written; pass "" where printing it could give away a secret.
    """

    def __init__(self, *, file: str | PurePath, field: str, value: object, allowed: str) -> None:
        self.file = str(file)
        self.field = field
        self.value = value
        self.allowed = allowed
        super().__init__(self._line())

    def _line(self) -> str:
        shown = " ".join(str(self.value).split())
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        having = f' có giá trị "{shown}"' if shown else ""
        where = f"mục {self.field}{having}" if self.field else "tệp này"
        return f"{self.file}: {where} không hợp lệ; cho phép: {self.allowed}"
