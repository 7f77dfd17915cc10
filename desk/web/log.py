"""What was sent and what was changed: the delivery log and the audit log."""

from __future__ import annotations

from starlette.responses import Response

from desk.web import audit_words
from desk.web.tasks import agency_choices, last_page, page_number
from desk.web.visit import Visit, Wrong
from store import audit_pages, messages
from store.audit import Broken, verify

PER_PAGE = 100


def messages_page(visit: Visit) -> Response:
    number, state = page_number(visit), visit.query("state")
    with visit.workplace.database.read() as connection:
        rows, total = messages.listed(
            connection,
            visit.province,
            state=state,
            agency=visit.query("agency"),
            limit=PER_PAGE,
            offset=(number - 1) * PER_PAGE,
        )
    asked = {name: value for name in ("state", "agency") if (value := visit.query(name))}
    return visit.page(
        "messages.html",
        rows=rows,
        total=total,
        number=number,
        last=last_page(total, PER_PAGE),
        asked=asked,
        agencies=agency_choices(visit),
    )


def message(visit: Visit) -> Response:
    with visit.workplace.database.read() as connection:
        found = messages.find(connection, visit.province, visit.path("message"))
        if found is None:
            return visit.sorry("Không có thông báo này.", 404)
        attempts = messages.attempts(connection, found.id)
        says = messages.says(connection, found.id)
    allowed = {name for name, states in messages.FROM.items() if found.state in states}
    return visit.page("message.html", message=found, attempts=attempts, says=says, allowed=allowed)


def decide(visit: Visit) -> Response:
    action, told = visit.request.path_params["action"], {"resend": "resent", "cancel": "cancelled"}
    if action not in messages.FROM:
        return visit.sorry("Không có việc này.", 404)
    reason = visit.text("reason", longest=300)
    if action != "resend" and not reason:
        raise Wrong("Cần ghi lý do hoặc cách đã báo.")
    with visit.workplace.database.write() as connection:
        changed = messages.decide(
            connection,
            visit.province,
            visit.path("message"),
            action,
            reason=reason,
            now=visit.now,
            actor=visit.actor,
        )
    if not changed:
        return visit.sorry("Thông báo không còn ở trạng thái cho phép việc này.", 409)
    return visit.go(f"/messages/{visit.path('message')}", told.get(action, "delivered"))


def audit_page(visit: Visit) -> Response:
    number = page_number(visit)
    with visit.workplace.database.read() as connection:
        rows, total = audit_pages.listed(connection, visit.province, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
        checked = verify(connection, visit.province) if visit.query("verify") == "1" else None
    verdict = ""
    if isinstance(checked, Broken):
        verdict = f"Nhật ký bị sửa ở mục {checked.entry}: {checked.reason}."
    elif checked is not None:
        verdict = f"Đã kiểm tra {checked} mục: không mục nào bị sửa."
    return visit.page(
        "audit.html",
        rows=rows,
        total=total,
        number=number,
        last=last_page(total, PER_PAGE),
        verdict=verdict,
        broken=isinstance(checked, Broken),
        entry=audit_words,
        asked={},
    )
