"""`dondoc web`: the desk alone, until it is stopped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from desk.commands.printing import DONE, put
from desk.commands.workplace import at_work
from flows.steps.workplace import Workplace

if TYPE_CHECKING:
    import uvicorn


def serve_desk(*, host: str | None, port: int | None) -> int:
    """Serve the desk on the configured address, or on the one given."""
    from deadlines.grammar import prepare

    work = at_work()
    # A page that reckons long lets go of the interpreter five times as often, so that others are not kept waiting.
    sys.setswitchinterval(0.001)
    prepare()  # half a second at the start, so that no page waits for rules to be compiled
    server = desk_server(work.place, host=host, port=port)
    put(f"Bàn làm việc: http://{server.config.host}:{server.config.port}  (dừng bằng Ctrl+C)")
    server.run()
    return DONE


def desk_server(workplace: Workplace, *, host: str | None = None, port: int | None = None) -> uvicorn.Server:
    """A server that is not running yet: `run()` blocks, `serve()` is its coroutine. Raises ConfigError, StoreError.

    Addresses are not logged: an agency's link is a key, and a log would keep it.
    """
    import uvicorn

    from desk.web.app import build

    desk = workplace.settings.desk
    return uvicorn.Server(
        uvicorn.Config(
            build(workplace),
            host=host or desk.host,
            port=port or desk.port,
            access_log=False,
            server_header=False,
            log_level="warning",
            proxy_headers=bool(desk.trusted_proxies),
            forwarded_allow_ips=list(desk.trusted_proxies) or "",
        )
    )
