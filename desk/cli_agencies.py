"""`dondoc agencies`, `dondoc people` and `dondoc config`: who is told, and where that is written."""

from __future__ import annotations

from typing import Annotated

import typer

agencies = typer.Typer(help="Danh bạ cơ quan.", no_args_is_help=True, rich_markup_mode=None)
people = typer.Typer(help="Dữ liệu cá nhân của một người.", no_args_is_help=True, rich_markup_mode=None)
config = typer.Typer(help="Cấu hình.", no_args_is_help=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Chỉ in JSON.")]
Apply = Annotated[bool, typer.Option("--apply", help="Ghi vào cấu hình; không có: chỉ xem khác biệt.")]
On = Annotated[str, typer.Option("--on", metavar="DATE", help="Ngày đầu tiên theo tên mới.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="Thư điện tử, số điện thoại hoặc mã Zalo.")]


@agencies.command(name="list")
def agencies_list(json: Json = False) -> None:
    """Liệt kê cơ quan của tỉnh, địa chỉ được che."""
    from desk.commands.agencies import list_agencies

    raise typer.Exit(list_agencies(json=json))


@agencies.command(name="export")
def agencies_export(file: Annotated[str, typer.Argument(metavar="FILE", help=".xlsx hoặc .toml")]) -> None:
    """Xuất cả danh bạ ra tệp."""
    from desk.commands.agencies import export_agencies

    raise typer.Exit(export_agencies(file))


@agencies.command(name="import")
def agencies_import(
    file: Annotated[str, typer.Argument(metavar="FILE", help=".xlsx hoặc .toml")],
    apply: Apply = False,
    json: Json = False,
) -> None:
    """So danh bạ trong tệp với danh bạ hiện có; có --apply thì ghi."""
    from desk.commands.agencies import import_agencies

    raise typer.Exit(import_agencies(file, apply=apply, json=json))


@agencies.command(name="merge")
def agencies_merge(
    codes: Annotated[list[str], typer.Argument(metavar="CODE...", help="Mã các cơ quan được hợp nhất.")],
    into: Annotated[str, typer.Option(metavar="CODE", help="Mã cơ quan nhận; cơ quan mới: MÃ=TÊN.")],
    on: On,
    apply: Apply = False,
    json: Json = False,
) -> None:
    """Hợp nhất cơ quan; nhiệm vụ đang mở theo sang cơ quan mới, lịch sử giữ nguyên."""
    from desk.commands.agencies import merge_agencies

    raise typer.Exit(merge_agencies(codes, into=into, on=on, apply=apply, json=json))


@agencies.command(name="split")
def agencies_split(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Mã cơ quan được tách.")],
    into: Annotated[
        list[str], typer.Option(metavar="CODE", help="Mã cơ quan nhận, cơ quan chính trước; cơ quan mới: MÃ=TÊN.")
    ],
    on: On,
    apply: Apply = False,
    json: Json = False,
) -> None:
    """Tách một cơ quan; nhiệm vụ đang mở theo sang cơ quan chính."""
    from desk.commands.agencies import split_agency

    raise typer.Exit(split_agency(code, into=into, on=on, apply=apply, json=json))


@agencies.command(name="problems")
def agencies_problems(json: Json = False) -> None:
    """Cơ quan chưa có địa chỉ nhận thông báo và nhóm chưa có thành viên."""
    from desk.commands.agencies import list_problems

    raise typer.Exit(list_problems(json=json))


@people.command(name="export")
def people_export(address: Address) -> None:
    """In mọi dữ liệu đang lưu về một địa chỉ, dạng JSON."""
    from desk.commands.people import export_person

    raise typer.Exit(export_person(address))


@people.command(name="erase")
def people_erase(address: Address) -> None:
    """Xóa một địa chỉ khỏi danh bạ, danh sách liên hệ và các thư đã kết thúc (Luật 91/2025/QH15)."""
    from desk.commands.people import erase_person

    raise typer.Exit(erase_person(address))


@config.command(name="copy")
def config_copy(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Thư mục mới.")],
) -> None:
    """Chép cấu hình đi kèm chương trình ra một thư mục để sửa."""
    from desk.commands.agencies import copy_config

    raise typer.Exit(copy_config(folder))
