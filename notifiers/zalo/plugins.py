"""The five ways to write to somebody on Zalo, as Apprise plugins that raise typed errors.

    zalooa://account/template    a template to a phone number (ZBS Template Message)
    zalouid://account/template   a template to a user id
    zalocs://account             a consultation message to a user id
    zalogmf://account            a message to a group that the account owns
    zalobot://account            a message from a bot to a chat id (pilots, small teams)

URLs hold names only: tokens and secrets come with the session that `open_zalo` gives.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

import apprise
from apprise.manager_plugins import NotificationManager

from notifiers.message import Message, Receipt
from notifiers.zalo.phone import encrypted, normal_id, normal_phone
from notifiers.zalo.templates import Template, check, fitted
from notifiers.zalo.text import clean_text

if TYPE_CHECKING:
    from notifiers.zalo.http import Answer
    from notifiers.zalo.session import Session

_NotifyBase: Any = apprise.NotifyBase  # half typed: None where subclasses put words
_manager: Any = NotificationManager
_MENTION = re.compile(r"\[@+")


def tracking_id(key: str) -> str:
    """46 characters of [A-Za-z0-9], always the same for the same message key."""
    return "dd" + hashlib.sha256(key.encode("utf-8")).hexdigest()[:44]


class ZaloPlugin(_NotifyBase):  # type: ignore[misc]
    """What the five share. `deliver` sends one message and returns Zalo's name for it."""

    service_name = "Zalo"
    service_url = "https://developers.zalo.me"
    setup_url = "https://developers.zalo.me"
    protocol: ClassVar[tuple[str, ...]] = ()
    templates: ClassVar[tuple[str, ...]] = ("{schema}://{host}", "{schema}://{host}/{template}")
    template_tokens: ClassVar[dict[str, Any]] = {
        "host": {"name": "account", "type": "string", "required": True},
        "template": {"name": "template", "type": "string"},
    }
    title_maxlen = 0
    body_maxlen = 2000
    request_rate_per_sec = 0
    needs_template: ClassVar[bool] = False

    def __init__(self, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if session is None:
            raise TypeError("Zalo is opened by notifiers.zalo.open_zalo, which brings its tokens")
        if self.host != session.settings.account:
            raise TypeError(f"no Zalo account is named {self.host}")
        self.session = session
        self.kind = self.schema
        self.template = self._template(self.fullpath.strip("/")) if self.needs_template else None
        self._to = str(kwargs.get("qsd", {}).get("to", ""))

    def _template(self, name: str) -> Template:
        found = self.session.settings.templates.get(name)
        if found is None:
            raise TypeError(f"zalo.toml declares no template named {name!r}")
        return found

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        return f"{self.schema}://{self.host}{self.fullpath.rstrip('/')}"

    def send(self, body: str, title: str = "", notify_type: object = None, **kwargs: Any) -> bool:
        """Apprise's own way in: the recipient is `?to=` of the URL. Raises the typed errors."""
        now = self.session.clock()
        text = f"{title}\n{body}" if title else body
        key = f"apprise:{self._to}:{now.isoformat()}"
        self.deliver(Message(key=key, to=self._to, subject=title, text=text, created=now))
        return True

    def deliver(self, message: Message) -> Receipt:
        """Raise Refused, Unavailable or Unconfirmed; a Receipt means that Zalo took it."""
        self.session.refuse_at_night(self.kind)
        return self.transmit(message)

    def transmit(self, message: Message) -> Receipt:
        raise NotImplementedError

    def phone(self, message: Message) -> str:
        phone = normal_phone(message.to, self.session.settings.mobile_pattern)
        if phone is None:
            raise self.session.failure("phone")
        return phone

    def recipient(self, message: Message) -> str:
        found = normal_id(message.to)
        if found is None:
            raise self.session.failure("address")
        return found

    def text(self, message: Message) -> str:
        text = clean_text(message.text)
        if not text:
            raise self.session.failure("text-empty")
        if len(unicodedata.normalize("NFC", text).encode("utf-16-le")) // 2 > self.session.settings.text_limit:
            raise self.session.failure("text-long")
        return text

    def fields(self, message: Message) -> tuple[Template, dict[str, str]]:
        """The template and its values, checked against what the service says before anything is sent."""
        template = self.template
        assert template is not None
        values = fitted(template, message.fields)
        check(template.params, values)
        if self.session.settings.check_template:
            detail = self.session.detail(template)
            if detail.status not in {"ENABLE", "1"}:
                raise self.session.failure("template-status", f"{template.name}: {detail.status or '?'}")
            check(detail.params, values)
        return template, values


class ZaloPhone(ZaloPlugin):
    service_name = "Zalo ZBS"
    protocol: ClassVar[tuple[str, ...]] = ("zalooa",)
    needs_template: ClassVar[bool] = True

    def transmit(self, message: Message) -> Receipt:
        path, name, number = self._addressed(self.phone(message))
        template, values = self.fields(message)
        settings = self.session.settings
        body: dict[str, object] = {
            name: number,
            "template_id": template.id,
            "template_data": values,
            "tracking_id": tracking_id(message.key),
            "sending_mode": template.sending_mode or settings.sending_mode,
        }
        if settings.mode:
            body["mode"] = settings.mode
        answer = self.session.post(settings.business_base + path, body)
        return _receipt(answer, "msg_id")

    def _addressed(self, phone: str) -> tuple[str, str, str]:
        """The path, the field and the value by which Zalo is told the number."""
        match self.session.settings.phone_form:
            case "hash":
                return "/message/template/hashphone", "hash_phone", hashlib.sha256(phone.encode()).hexdigest()
            case "rsa":
                return "/rsa/message/template", "rsa_phone", self._encrypted(phone)
            case _:
                return "/message/template", "phone", phone

    def _encrypted(self, phone: str) -> str:
        try:
            return encrypted(phone, self.session.settings.rsa_key_file)
        except (OSError, ValueError):
            raise self.session.failure("rsa-key") from None


class ZaloUser(ZaloPlugin):
    service_name = "Zalo UID"
    protocol: ClassVar[tuple[str, ...]] = ("zalouid",)
    needs_template: ClassVar[bool] = True

    def transmit(self, message: Message) -> Receipt:
        user = self.recipient(message)
        template, values = self.fields(message)
        body = {"user_id": user, "template_id": template.id, "template_data": values}
        settings = self.session.settings
        return _receipt(self.session.post(settings.oa_base + settings.uid_path, body), "message_id")


class ZaloConsultation(ZaloPlugin):
    service_name = "Zalo OA"
    protocol: ClassVar[tuple[str, ...]] = ("zalocs",)

    def transmit(self, message: Message) -> Receipt:
        user, text = self.recipient(message), self.text(message)
        settings = self.session.settings
        to: dict[str, object] = {"user_id": user}
        body = {"recipient": to} if settings.recipient_object else to
        answer = self.session.post(f"{settings.oa_base}/v3.0/oa/message/cs", body | {"message": {"text": text}})
        return _receipt(answer, "message_id")


class ZaloGroup(ZaloPlugin):
    service_name = "Zalo GMF"
    protocol: ClassVar[tuple[str, ...]] = ("zalogmf",)

    def transmit(self, message: Message) -> Receipt:
        group = self.recipient(message)
        text = _MENTION.sub("[", self.text(message))
        body = {"recipient": {"group_id": group}, "message": {"text": text}}
        url = f"{self.session.settings.oa_base}/v3.0/oa/group/message"
        return _receipt(self.session.post(url, body), "message_id")


class ZaloBot(ZaloPlugin):
    service_name = "Zalo Bot"
    protocol: ClassVar[tuple[str, ...]] = ("zalobot",)

    def transmit(self, message: Message) -> Receipt:
        chat, text = self.recipient(message), self.text(message)
        result = self.session.bot("sendMessage", {"chat_id": chat, "text": text})
        reference = result.get("message_id")
        return Receipt(answer="ok", reference=str(reference) if reference else None)


def _receipt(answer: Answer, name: str) -> Receipt:
    reference = answer.data.get(name)
    return Receipt(answer="error 0", reference=str(reference) if reference else None)


PLUGINS = (ZaloPhone, ZaloUser, ZaloConsultation, ZaloGroup, ZaloBot)


def register() -> None:
    """Make Apprise know the five schemes; doing it again changes nothing."""
    known = _manager()
    for plugin in PLUGINS:
        if plugin.protocol[0] not in known:
            known.add(plugin)
