"""`dondoc web`: the desk alone, until it is stopped."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from desk.commands import workers
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
    number = workers.number_of(work.place.settings.desk.workers)
    server = desk_server(work.place, host=host, port=port)
    _keep_what_stays()
    socket = server.config.bind_socket()
    put(f"Bàn làm việc: http://{server.config.host}:{server.config.port}  (dừng bằng Ctrl+C)")
    if number == 1:
        server.run(sockets=[socket])
        return DONE

    def serve(gone: int) -> None:
        workers.end_with(gone, server)
        server.run(sockets=[socket])

    # Each process opens its own connections.
    work.place.database.close()
    workers.keep(number, serve)
    return DONE


ROWS = 20_000
"""Objects made between two looks for rubbish; a list of tasks makes some thousands and drops them by itself."""


def _keep_what_stays() -> None:
    """Look for rubbish among what pages make, not again and again among the modules and rules that stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ROWS, 10, 10)


def desk_server(workplace: Workplace, *, host: str | None = None, port: int | None = None) -> uvicorn.Server:
    """A server that is not running yet: `run()` blocks, `serve()` is its coroutine. Raises ConfigError, StoreError.

    Addresses are not logged: an agency's link is a key, and a log would keep it.
    """
    import uvicorn

    from desk.web.app import build
    from desk.web.framing import StrictProtocol

    desk = workplace.settings.desk
    return uvicorn.Server(
        uvicorn.Config(
            build(workplace),
            http=StrictProtocol,
            ws="none",
            host=host or desk.host,
            port=port or desk.port,
            access_log=False,
            server_header=False,
            log_level="warning",
            proxy_headers=bool(desk.trusted_proxies),
            forwarded_allow_ips=list(desk.trusted_proxies) or "",
        )
    )
