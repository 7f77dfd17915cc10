"""What every kind of Zalo message shares: the token, the pace, and turning answers into typed errors."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from notifiers.errors import NotSent, Scope, Unavailable
from notifiers.zalo.alerts import Alert, Bell
from notifiers.zalo.codes import Trouble, meaning, remedy, trouble
from notifiers.zalo.http import Answer, Wire, lost
from notifiers.zalo.moments import is_quiet, wait_seconds
from notifiers.zalo.oauth import TokenKeeper
from notifiers.zalo.phone import without_numbers
from notifiers.zalo.settings import ZaloSettings
from notifiers.zalo.templates import Detail, Template, differences, read_detail
from notifiers.zalo.tokens import TokenStore

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]


CATCH_UP = timedelta(seconds=1)
"""How far a slow answer or a renewed token may put requests behind and they still catch up."""


class Pacer:
    """Holds requests to so many in a minute, evenly but for what a slow one put behind."""

    def __init__(self, per_minute: int, clock: Clock, sleep: Sleep) -> None:
        self._gap = timedelta(seconds=60 / per_minute) if per_minute > 0 else timedelta(0)
        self._clock, self._sleep = clock, sleep
        self._next: datetime | None = None

    def wait(self) -> None:
        now = self._clock()
        turn = max(self._next or now, now - CATCH_UP)
        if now < turn:
            self._sleep((turn - now).total_seconds())
        self._next = turn + self._gap

    def heed(self, remaining: int | None) -> None:
        """Zalo says that this minute's requests are used up: wait for the next minute, in which they begin anew."""
        if remaining is not None and remaining <= 0:
            self._next = self._clock().replace(second=0, microsecond=0) + timedelta(minutes=1)


class Session:
    """One account's connection; used by one thread at a time. Its `repr` shows nothing."""

    def __init__(
        self,
        settings: ZaloSettings,
        tokens: TokenStore,
        clock: Clock,
        sleep: Sleep,
        on_alert: Callable[[Alert], None] | None = None,
    ) -> None:
        self.settings, self.clock = settings, clock
        self.bell = Bell(clock, on_alert)
        self.wire = Wire(settings)
        self.keeper = TokenKeeper(settings, self.wire, tokens, clock, self.bell)
        self._pacer = Pacer(settings.rate_per_minute, clock, sleep)
        self._details: dict[str, Detail] = {}

    def refuse_at_night(self, kind: str) -> None:
        if is_quiet(self.clock(), self.settings.quiet, kind):
            raise self.failure("quiet-hours")

    def post(self, url: str, body: Mapping[str, object]) -> Answer:
        """Send one thing that must not be sent twice; a rejected token is replaced and tried once more."""
        self._pacer.wait()
        return self._with_token(lambda token: self.wire.post(url, headers=self._headers(token), body=body))

    def get(self, url: str, params: Mapping[str, str]) -> Answer:
        self._pacer.wait()
        return self._with_token(lambda token: self.wire.get(url, headers=self._headers(token), params=params))

    def _with_token(self, ask: Callable[[str], Answer]) -> Answer:
        token = self.keeper.access()
        answer = ask(token)
        self._pacer.heed(answer.remaining)
        if self._trouble(answer) is Trouble.TOKEN:
            answer = ask(self.keeper.replacement(token))
        return self.judged(answer)

    def _trouble(self, answer: Answer) -> Trouble | None:
        code = answer.error
        return None if code in {None, "0"} else trouble(code or "", self.settings.codes)

    def judged(self, answer: Answer) -> Answer:
        """The answer where it says success; a typed error otherwise."""
        if answer.error is None:
            raise self._lost(answer)
        if answer.error != "0":
            raise self.failure(answer.error, self._unknown_words(answer))
        return answer

    def _lost(self, answer: Answer) -> NotSent:
        self.bell.ring("answer-lost")
        return lost(f"HTTP {answer.status}, không có mã")

    def _unknown_words(self, answer: Answer) -> str:
        """What Zalo says of a code that we do not know; known codes have our own words."""
        known = self._trouble(answer) is not Trouble.UNEXPECTED
        return "" if known else without_numbers(str(answer.body.get("message", "")))

    def failure(self, code: str, detail: str = "") -> NotSent:
        """The typed error of a code; rings where the admin must act."""
        cure = remedy(code, self.settings.codes)
        if cure.alert:
            self.bell.ring(code, detail, advice=cure.advice)
        reason = f"Zalo: {meaning(code)} ({code})" + (f": {detail}" if detail else "")
        if issubclass(cure.error, Unavailable):
            after = wait_seconds(cure.action, self.clock(), self.settings)
            return cure.error(reason, code=code, scope=cure.scope, retry_after=after)
        return cure.error(reason, code=code, scope=cure.scope)

    def bot(self, method: str, body: Mapping[str, object], *, expected: str = "") -> Mapping[str, object]:
        """Call a method of the Bot API; its `result`. The token is in the URL, which nothing logs.

        A refusal with the `expected` code is raised as any other, but is no alert.
        """
        if not self.settings.bot_token:
            raise self.failure("401")
        self._pacer.wait()
        answer = self.wire.post(f"{self.settings.bot_base}/bot{self.settings.bot_token}/{method}", body=body)
        if answer.body.get("ok") is True:
            result = answer.body.get("result")
            return result if isinstance(result, dict) else {}
        code = str(answer.body.get("error_code", ""))
        if answer.body.get("ok") is not False or not code:
            raise self._lost(answer)
        if code == expected:
            raise Unavailable(meaning(code), code=code, scope=Scope.CHANNEL)
        known = trouble(code, self.settings.codes) is not Trouble.UNEXPECTED
        raise self.failure(code, "" if known else without_numbers(str(answer.body.get("description", ""))))

    def _headers(self, token: str) -> dict[str, str]:
        headers = {"access_token": token}
        if self.settings.appsecret_proof:
            key = self.settings.app_secret.encode()
            headers["appsecret_proof"] = hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
        return headers

    def detail(self, template: Template) -> Detail:
        """The service's own description of a template, asked once; rings where zalo.toml differs."""
        known = self._details.get(template.id)
        if known is None:
            known = self._details[template.id] = self.detail_of(template.id)
            parted = differences(template, known)
            if parted:
                self.bell.ring("template-differs", f"{template.name}: " + "; ".join(parted))
        return known

    def detail_of(self, template_id: str) -> Detail:
        url = f"{self.settings.business_base}/template/info/v2"
        return read_detail(self.get(url, {"template_id": template_id}).data)

    def close(self) -> None:
        self.wire.close()


@contextmanager
def open_session(*, tokens: TokenStore, settings: ZaloSettings, clock: Clock, sleep: Sleep) -> Iterator[Session]:
    """Nothing is connected before the first question."""
    session = Session(settings, tokens, clock, sleep)
    try:
        yield session
    finally:
        session.close()
