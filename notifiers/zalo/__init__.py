"""Zalo: templates by phone or user id, consultation, groups and bots, to the contract of docs/zalo.md.

Nothing here reads configuration or a database: settings and the token store are passed in.
"""

from __future__ import annotations

from notifiers.zalo.alerts import Alert
from notifiers.zalo.channel import State, Status, ZaloChannel, open_zalo, poll
from notifiers.zalo.codes import Action, Remedy, Trouble, remedy, trouble
from notifiers.zalo.settings import QuietHours, WebhookRules, ZaloSettings
from notifiers.zalo.tokens import FileTokenStore, TokenPair, TokenStore, put_pair

__all__ = [
    "Action",
    "Alert",
    "FileTokenStore",
    "QuietHours",
    "Remedy",
    "State",
    "Status",
    "TokenPair",
    "TokenStore",
    "Trouble",
    "WebhookRules",
    "ZaloChannel",
    "ZaloSettings",
    "open_zalo",
    "poll",
    "put_pair",
    "remedy",
    "trouble",
]
