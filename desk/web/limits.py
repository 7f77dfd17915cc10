"""What a user may not do here and now: for lack of a role, or because administering has its place and its hours.

Each refusal is logged, a bounded number an hour.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network

from desk.web import tries
from desk.web.visit import Visit
from store import people
from store.audit import record

NO_ROLE = "Tài khoản này không có quyền thực hiện việc đó."
NOT_FROM_HERE = "Việc quản trị chỉ làm được từ mạng mà văn phòng cho phép."
NOT_NOW = "Việc quản trị chỉ làm được trong giờ mà văn phòng cho phép của ngày làm việc."
LOGGED = 60.0
"""Refusals of one user that are logged in an hour."""


def refusal(visit: Visit, role: str) -> str:
    """Why what needs `role` is not done; empty where it may be."""
    why = "" if visit.may(role) else NO_ROLE
    if not why and role == "admin":
        why = _out_of_place(visit) or _out_of_hours(visit)
    if why:
        _note(visit, why)
    return why


def _out_of_place(visit: Visit) -> str:
    networks = visit.workplace.settings.desk.admin_networks
    if not networks:
        return ""
    try:
        here = ip_address(tries.address(visit).partition("%")[0])
    except ValueError:
        return NOT_FROM_HERE
    here = getattr(here, "ipv4_mapped", None) or here
    return "" if any(here in ip_network(one) for one in networks) else NOT_FROM_HERE


def _out_of_hours(visit: Visit) -> str:
    hours = visit.workplace.settings.desk.admin_hours
    if hours is None:
        return ""
    open_now = hours[0] <= visit.now.time() < hours[1]
    return "" if open_now and visit.workplace.calendar.is_working(visit.today) else NOT_NOW


def _note(visit: Visit, why: str) -> None:
    assert visit.user is not None
    with visit.workplace.database.write() as connection:
        key, hour = f"denied:{visit.user.id}", timedelta(hours=1)
        if people.take(connection, visit.province, key, capacity=LOGGED, per=hour, now=visit.now):
            record(
                connection,
                visit.province,
                at=visit.now,
                actor=visit.actor,
                action="denied",
                subject=f"{visit.request.method} {visit.request.url.path}"[:200],
                after={"reason": why, "address": tries.address(visit)},
            )
