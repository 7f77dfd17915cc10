"""`dondoc review`: readings that wait for a person."""

from __future__ import annotations

from typing import Annotated

import typer

review = typer.Typer(help="Cách đọc cần người xem lại.", invoke_without_command=True, rich_markup_mode=None)


@review.callback()
def review_list(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help="Chỉ in JSON.")] = False
) -> None:
    """Liệt kê cách đọc cần người xem lại: chữ in, cách hiểu, lý do và chỗ in."""
    if context.invoked_subcommand is not None:
        return
    from desk.commands.reviewing import list_doubtful

    raise typer.Exit(list_doubtful(json=json))


@review.command(name="accept")
def review_accept(
    tasks: Annotated[list[int], typer.Argument(metavar="TASK...", help="Mã nhiệm vụ.")],
) -> None:
    """Xác nhận cách đọc là đúng."""
    from desk.commands.reviewing import accept_readings

    raise typer.Exit(accept_readings(tasks))


@review.command(name="correct")
def review_correct(
    task: Annotated[int, typer.Argument(metavar="TASK", help="Mã nhiệm vụ.")],
    deadline: Annotated[str | None, typer.Option(help="Thời hạn viết lại, ví dụ “Quý I/2027”.")] = None,
    due: Annotated[str | None, typer.Option(metavar="DATE", help="Ngày hạn.")] = None,
    lead: Annotated[str | None, typer.Option(help="Cơ quan chủ trì, tên hoặc mã.")] = None,
    title: Annotated[str | None, typer.Option(help="Nội dung nhiệm vụ.")] = None,
) -> None:
    """Sửa cách đọc; nhập lại kế hoạch với cùng chữ in vẫn giữ điều đã sửa."""
    from desk.commands.reviewing import correct_reading

    raise typer.Exit(correct_reading(task, deadline=deadline, due=due, lead=lead, title=title))
