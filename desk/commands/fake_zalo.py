"""`dondoc fake-zalo`: a Zalo on this machine, to practise with."""

from __future__ import annotations

import sys

from desk.commands.printing import DONE, fail, put


def serve_fake(*, port: int, webhook: str) -> int:
    """The fake Zalo until it is stopped, with the page that shows what phones received."""
    from notifiers.fake_zalo import FakeServer, serve

    def ready(server: FakeServer) -> None:
        known = server.world.settings
        put(f"Zalo giả: {server.base} (mở bằng trình duyệt để xem tin trên các máy). Dừng bằng Ctrl+C.")
        put(
            f'Trong zalo.toml: app_id = "{known.app_id}", oa_id = "{known.oa_id}", '
            f'bốn địa chỉ *_base = "{server.base}"'
        )
        put(f"export DONDOC_ZALO_APP_SECRET={known.app_secret} DONDOC_ZALO_OA_SECRET={known.oa_secret}")
        put(f"Cặp token đầu tiên: curl -s -X POST {server.base}/fake/grant")
        sys.stdout.flush()

    try:
        serve(port=port, webhook_url=webhook, on_ready=ready)
    except OSError as error:
        return fail(f"không mở được cổng {port}: {error.strerror}.")
    return DONE
