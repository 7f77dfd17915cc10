"""The dead man's switch: after each good daily run an address outside is asked for; when it is not, it alarms.

`DONDOC_PING_URL` is an https address, or http on this machine. A failure is logged and stops nothing.
"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from flows.steps.logs import logger

SECONDS = 5.0


def ping(url: str) -> bool:
    """Ask for `url` once. Follows no redirect; True where it answered with 2xx."""
    parts = urlsplit(url)
    assert parts.hostname
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=SECONDS)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        logger("ping").warning("ping failed", error=type(error).__name__)
        return False
    finally:
        connection.close()
    if not 200 <= status < 300:
        logger("ping").warning("ping refused", status=status)
        return False
    logger("ping").info("pinged", status=status)
    return True
