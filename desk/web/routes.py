"""Every page and who may see or do it. `role` is the least that is needed; None means without logging in.

An agency's pages are without a role: there the signed link in the path is the key.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk.web import (
    account,
    agency_pages,
    calendar_pages,
    channel_pages,
    charts,
    directory_moves,
    directory_pages,
    edits,
    events,
    exports,
    identity_pages,
    log,
    login,
    offices,
    oidc_pages,
    plans,
    policy_pages,
    proposal_pages,
    session_pages,
    task,
    tasks,
    today,
    user_changes,
    users,
    wording_pages,
)
from desk.web.gate import Handler


@dataclass(frozen=True, slots=True)
class Entry:
    method: str
    path: str
    role: str | None
    handler: Handler


UPLOADS = frozenset({"/plans/upload", "/agencies/import"})
"""Paths that take a file."""

AGENCIES_OWN = (
    Entry("GET", "/a/{token}", None, agency_pages.home),
    Entry("GET", "/a/{token}/due/{due:int}", None, agency_pages.due),
    Entry("POST", "/a/{token}/due/{due:int}/not-ours", None, proposal_pages.not_ours),
    Entry("GET", "/a/{token}/contacts", None, proposal_pages.contacts_form),
    Entry("POST", "/a/{token}/contacts", None, proposal_pages.propose_contacts),
    Entry("GET", "/a/{token}/tasks.docx", None, proposal_pages.own_tasks),
    Entry("POST", "/a/{token}/due/{due:int}/{action}", None, agency_pages.answer),
    Entry("POST", "/a/{token}/calendar", None, agency_pages.make_calendar),
    Entry("POST", "/a/{token}/calendar/{calendar:int}/revoke", None, agency_pages.drop_calendar),
    Entry("GET", "/calendar/{secret}.ics", None, agency_pages.feed),
)

DOOR = (
    Entry("GET", "/login", None, login.form),
    Entry("POST", "/login", None, login.enter),
    Entry("GET", "/login/oidc", None, oidc_pages.start),
    Entry("GET", "/login/oidc/back", None, oidc_pages.back),
    Entry("GET", "/login/oidc/leave", None, oidc_pages.leave_issuer),
    Entry("GET", "/login/code", None, oidc_pages.code_form),
    Entry("POST", "/login/code", None, oidc_pages.code),
    Entry("POST", "/language", None, login.choose_language),
    Entry("POST", "/logout", "viewer", login.leave),
    Entry("GET", "/account", "viewer", account.account),
    Entry("POST", "/account/password", "viewer", account.change_password),
    Entry("POST", "/account/totp", "viewer", account.set_totp),
    Entry("POST", "/account/sessions", "viewer", session_pages.end_own),
)

DESK = (
    Entry("GET", "/healthz", None, today.healthy),
    Entry("GET", "/", "viewer", today.page),
    Entry("GET", "/tasks", "viewer", tasks.page),
    Entry("GET", "/export/tasks.xlsx", "viewer", exports.workbook),
    Entry("GET", "/export/tasks.csv", "viewer", exports.table),
    Entry("GET", "/export/tasks.ics", "viewer", exports.calendar),
    Entry("POST", "/tasks/several", "operator", tasks.several),
    Entry("GET", "/tasks/{task:int}", "viewer", task.page),
    Entry("POST", "/tasks/{task:int}/done", "operator", task.done),
    Entry("POST", "/tasks/{task:int}/extend", "operator", task.extend),
    Entry("POST", "/tasks/{task:int}/date", "operator", task.set_date),
    Entry("POST", "/tasks/{task:int}/reread", "operator", task.reread),
    Entry("POST", "/tasks/{task:int}/assign", "operator", task.assign),
    Entry("GET", "/answers", "viewer", task.answers_page),
    Entry("POST", "/answers/{answer:int}/confirm", "operator", task.confirm),
    Entry("POST", "/answers/{answer:int}/return", "operator", task.send_back),
    Entry("GET", "/plans", "viewer", plans.page),
    Entry("POST", "/plans/upload", "operator", plans.upload),
    Entry("GET", "/plans/review/{upload}", "operator", plans.review),
    Entry("POST", "/plans/review/{upload}", "operator", plans.apply),
    Entry("GET", "/events", "viewer", events.page),
    Entry("POST", "/events/propose", "operator", events.propose),
    Entry("POST", "/events", "operator", events.record),
    Entry("POST", "/events/{event:int}/withdraw", "operator", events.withdraw),
    Entry("POST", "/events/{event:int}/correct", "operator", events.correct),
    Entry("GET", "/agencies", "viewer", offices.agencies),
    Entry("GET", "/agencies/new", "admin", directory_pages.new_form),
    Entry("POST", "/agencies", "admin", directory_pages.create),
    Entry("GET", "/agencies/merge", "admin", directory_moves.merge_form),
    Entry("POST", "/agencies/merge", "admin", directory_moves.merge),
    Entry("GET", "/agencies/import", "admin", directory_moves.import_form),
    Entry("POST", "/agencies/import", "admin", directory_moves.upload),
    Entry("POST", "/agencies/import/apply", "admin", directory_moves.apply_import),
    Entry("GET", "/agencies/export.{ending}", "admin", directory_moves.export),
    Entry("GET", "/agencies/{agency}/edit", "admin", directory_pages.edit_form),
    Entry("POST", "/agencies/{agency}/edit", "admin", directory_pages.save),
    Entry("GET", "/agencies/{agency}/history", "operator", directory_pages.agency_history),
    Entry("POST", "/agencies/{agency}/restore", "admin", directory_pages.restore_agency),
    Entry("GET", "/agencies/{agency}/split", "admin", directory_moves.split_form),
    Entry("POST", "/agencies/{agency}/split", "admin", directory_moves.split),
    Entry("GET", "/groups", "viewer", directory_pages.groups),
    Entry("GET", "/groups/{group}", "admin", directory_pages.group_form),
    Entry("POST", "/groups/{group}", "admin", directory_pages.save_group),
    Entry("POST", "/groups/{group}/drop", "admin", directory_pages.drop_group),
    Entry("GET", "/config/{part}/history", "operator", edits.history),
    Entry("POST", "/config/{part}/restore", "admin", edits.restore),
    Entry("GET", "/agencies/{agency}", "viewer", offices.agency),
    Entry("POST", "/agencies/{agency}/revoke", "operator", offices.revoke_links),
    Entry("GET", "/messages", "viewer", log.messages_page),
    Entry("GET", "/messages/{message:int}", "operator", log.message),
    Entry("POST", "/messages/{message:int}/{action}", "operator", log.decide),
    Entry("GET", "/charts", "viewer", charts.page),
    Entry("GET", "/policies", "viewer", offices.policies),
    Entry("GET", "/policies/edit", "admin", policy_pages.edit_form),
    Entry("POST", "/policies/propose", "admin", policy_pages.propose),
    Entry("POST", "/policies/save", "admin", policy_pages.save),
    Entry("GET", "/policies/export.toml", "viewer", policy_pages.export),
    Entry("GET", "/templates", "viewer", wording_pages.page),
    Entry("GET", "/templates/{name}", "admin", wording_pages.edit_form),
    Entry("POST", "/templates/{name}", "admin", wording_pages.change),
    Entry("GET", "/templates/{name}/export", "viewer", wording_pages.export),
    Entry("GET", "/templates/{name}/mail", "admin", wording_pages.mail),
    Entry("GET", "/channels", "viewer", channel_pages.page),
    Entry("POST", "/channels/{channel}/test", "admin", channel_pages.test),
    Entry("GET", "/proposals", "operator", proposal_pages.page),
    Entry("POST", "/proposals/{proposal:int}/accept", "operator", proposal_pages.accept),
    Entry("POST", "/proposals/{proposal:int}/decline", "operator", proposal_pages.decline),
    Entry("POST", "/proposals/{proposal:int}/reopen", "operator", proposal_pages.reopen),
    Entry("POST", "/keys/links", "admin", users.new_key),
    Entry("GET", "/calendar", "viewer", offices.calendar),
    Entry("GET", "/calendar/edit", "admin", calendar_pages.edit_form),
    Entry("POST", "/calendar/edit", "admin", calendar_pages.change),
    Entry("GET", "/calendar/export.toml", "viewer", calendar_pages.export),
    Entry("GET", "/audit", "operator", log.audit_page),
    Entry("GET", "/users", "admin", users.page),
    Entry("POST", "/users", "admin", users.add),
    Entry("POST", "/users/{user:int}", "admin", users.change),
    Entry("POST", "/users/{user:int}/unlock", "admin", users.unlock),
    Entry("POST", "/users/{user:int}/sessions", "admin", session_pages.end_of_user),
    Entry("POST", "/users/changes/{change:int}/undo", "admin", user_changes.undo),
    Entry("POST", "/identities/{identity:int}/link", "admin", identity_pages.link),
    Entry("POST", "/identities/{identity:int}/drop", "admin", identity_pages.drop),
    Entry("POST", "/tokens", "admin", users.make_token),
    Entry("POST", "/tokens/{token:int}/revoke", "admin", users.drop_token),
)

ROUTES = (*AGENCIES_OWN, *DOOR, *DESK)
