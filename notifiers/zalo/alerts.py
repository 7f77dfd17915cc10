"""What the admin must know: a value with the Vietnamese words of what happened and what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from notifiers.zalo.codes import meaning, remedy

log = logging.getLogger("dondoc.zalo")


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    code: str
    what: str
    advice: str
    at: datetime


class Bell:
    """Collects alerts, one of each code; `on_alert` hears of each as it comes."""

    def __init__(self, clock: Callable[[], datetime], on_alert: Callable[[Alert], None] | None = None) -> None:
        self._clock = clock
        self._on_alert = on_alert
        self._alerts: dict[str, Alert] = {}

    @property
    def alerts(self) -> tuple[Alert, ...]:
        return tuple(self._alerts.values())

    def ring(self, code: str, detail: str = "", *, advice: str = "") -> None:
        if code in self._alerts:
            return
        what = f"Zalo: {meaning(code)} ({code})" + (f": {detail}" if detail else "")
        alert = Alert(code=code, what=what, advice=advice or remedy(code).advice, at=self._clock())
        self._alerts[code] = alert
        log.warning("%s. %s", alert.what, alert.advice)
        if self._on_alert is not None:
            self._on_alert(alert)
