"""A notice becomes a message: subject, text, HTML and attachments, from one set of words.

`templates/wording.j2` holds every sentence; two layouts put them into plain text and HTML. Admins may lay a
file of the same name into their own folder. Templates run in jinja2's immutable sandbox and see only the
`View`; what plans print is data and is never rendered as a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifiers.calendar_file import calendar_file
from notifiers.message import Attachment, Message, Notice
from notifiers.render_clean import block, line
from notifiers.render_view import View, ordered, view_of
from notifiers.sheet import sheet_file

_OWN = Path(__file__).parent / "templates"
_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
_CHARSET = '<meta charset="utf-8">'
SHEET_OVER = 50
"""A notice of more tasks than this shows so many and carries all of them as an .xlsx file."""
CALENDAR_NAME = "thoi-han.ics"


class RenderError(ValueError):
    """A template of the admin's is wrong. The words name the file and the line, in Vietnamese."""


def render(
    notice: Notice,
    *,
    key: str,
    to: str,
    created: datetime,
    to_name: str = "",
    references: tuple[str, ...] = (),
    templates: Path | None = None,
    calendar: bool = True,
    sheet_over: int = SHEET_OVER,
) -> Message:
    """The notice as a mail. The same arguments give the same message.

    `references` are Message-IDs of earlier mails about these tasks, oldest first. `templates` is the admin's
    own folder. Raises RenderError, and ValueError for a notice without lines.
    """
    attachments = _attachments(notice, created, calendar, sheet_over)
    names = {item.mime.partition(";")[0]: item.name for item in attachments}
    view = view_of(
        notice,
        shown=sheet_over if len(notice.lines) > sheet_over else len(notice.lines),
        sheet_name=next((item.name for item in attachments if item.name.endswith(".xlsx")), ""),
        calendar_name=names.get("text/calendar", ""),
    )
    subject = subject_of(view, templates)
    return Message(
        key=key,
        to=to,
        to_name=line(to_name),
        subject=subject,
        text=block(_filled("layout.txt.j2", view, templates, subject)).strip() + "\n",
        html=inlined(block(_filled("layout.html.j2", view, templates, subject))),
        created=created,
        reply_to=notice.reply_to,
        references=references,
        attachments=attachments,
    )


def subject_of(view: View, templates: Path | None = None) -> str:
    """One line."""
    template = _environment(templates, escape=False).from_string(
        '{% import "wording.j2" as words %}{{ words.subject(v) }}'
    )
    return line(_run(template, view, ""))


def check_templates(templates: Path | None) -> None:
    """Compiles every template of the folder. Raises RenderError for the first that is wrong."""
    if templates is None or not templates.is_dir():
        return
    for path in sorted(templates.glob("*.j2")):
        try:
            _environment(templates, escape=False).get_template(path.name)
        except (TemplateError, UnicodeDecodeError) as wrong:
            raise _wrong(wrong, path.name) from None


def _attachments(notice: Notice, created: datetime, calendar: bool, sheet_over: int) -> tuple[Attachment, ...]:
    found = []
    if len(notice.lines) > sheet_over:
        found.append(sheet_file(notice, ordered(notice), created=created))
    events = calendar_file(notice, ordered(notice), created=created, name=CALENDAR_NAME) if calendar else None
    if events is not None:
        found.append(events)
    return tuple(found)


def _filled(name: str, view: View, templates: Path | None, subject: str) -> str:
    try:
        template = _environment(templates, escape=name.endswith(".html.j2")).get_template(name)
    except (TemplateError, UnicodeDecodeError) as wrong:
        raise _wrong(wrong, name) from None
    return _run(template, view, subject)


def _run(template: Template, view: View, subject: str) -> str:
    values = {name: getattr(view, name) for name in View.__dataclass_fields__} | {"subject": subject}
    try:
        return template.render(v=values)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as wrong:
        raise _wrong(wrong, template.name or "wording.j2") from None


@lru_cache(maxsize=8)
def _environment(templates: Path | None, *, escape: bool) -> ImmutableSandboxedEnvironment:
    folders = [_OWN] if templates is None else [templates, _OWN]
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=escape,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def place_of(failure: BaseException) -> tuple[str, int | None]:
    """The template and its line in which a failure happened, as its traceback has them; "" and None outside one."""
    place: tuple[str, int | None] = ("", None)
    step = failure.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file.endswith(".j2") or file == "<template>":
            place = (file if file.endswith(".j2") else "", step.tb_lineno)
        step = step.tb_next
    return place


def _wrong(failure: Exception, name: str) -> RenderError:
    found, at = place_of(failure)
    where, number = getattr(failure, "name", None) or found or name, getattr(failure, "lineno", None) or at
    spot = f"{Path(str(where)).name}, dòng {number}" if number else Path(str(where)).name
    return RenderError(f"mẫu thư sai ({spot}): {line(str(failure))[:200]}")


def filled(name: str, values: Mapping[str, object], templates: Path | None = None) -> str:
    """A template of ours, or of the admin's by the same name, with these values. Raises RenderError."""
    try:
        template = _environment(templates, escape=name.endswith(".html.j2")).get_template(name)
        return template.render(values)
    except (TemplateError, UnicodeDecodeError, TypeError, ValueError, ArithmeticError, LookupError) as wrong:
        raise _wrong(wrong, name) from None


def inlined(html: str) -> str:
    """A page whose styles stand in its elements, as mail programs want them."""
    made = str(_INLINER.inline(html))
    # The rules that can't be inlined come first in the head, and a reader looks for the charset in the first
    # 1,024 bytes only (WHATWG HTML, 4.2.5.4).
    return made.replace(_CHARSET, "", 1).replace("<head>", f"<head>\n{_CHARSET}", 1)
