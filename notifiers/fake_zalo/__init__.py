"""A Zalo on loopback that behaves as docs/zalo.md says: for tests, and by hand (`dondoc fake-zalo`).

Nothing leaves the machine. Tokens rotate, quotas run out, nights close, phones can be told to answer with
any code or none, webhooks are signed in the variant asked for, and every request is recorded.
"""

from __future__ import annotations

from notifiers.fake_zalo.faults import Fault, Step
from notifiers.fake_zalo.server import FakeServer, serve, start
from notifiers.fake_zalo.world import FakeSettings, FakeTemplate, World

__all__ = ["FakeServer", "FakeSettings", "FakeTemplate", "Fault", "Step", "World", "serve", "start"]
