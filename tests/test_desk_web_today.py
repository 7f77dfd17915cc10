"""The first page says what keeps reminders from leaving."""

from __future__ import annotations

import pytest

from flows.steps.workplace import Workplace
from store import keeping
from store.moving import MOVED
from tests.desk_samples import Clock, logged_in


@pytest.mark.parametrize(("reason", "advised"), [("Khôi phục từ bản sao lưu a.db", True), (f"{MOVED}: b", False)])
def test_sending_on_hold_is_said_and_how_it_goes_on(place: Workplace, reason: str, advised: bool) -> None:
    client = logged_in(place, Clock(place), "operator")
    assert "Đang tạm dừng gửi" not in client.get("/").text
    with place.database.write() as connection:
        keeping.hold(connection, place.province, reason)
    page = client.get("/").text
    assert f"{reason}." in page
    assert ("<code>dondoc resume</code>" in page) is advised
