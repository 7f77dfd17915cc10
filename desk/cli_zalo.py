"""`dondoc zalo …`: the Official Account and the bot."""

from __future__ import annotations

from typing import Annotated

import typer

zalo = typer.Typer(help="Tài khoản Zalo.", no_args_is_help=True, rich_markup_mode=None)
bot = typer.Typer(help="Bot Zalo (thí điểm, nhóm nhỏ).", no_args_is_help=True, rich_markup_mode=None)
zalo.add_typer(bot, name="bot")

Json = Annotated[bool, typer.Option("--json", help="Chỉ in JSON.")]


@zalo.command(name="consent")
def zalo_consent(
    redirect: Annotated[
        str, typer.Option(metavar="URL", help="Địa chỉ trả về đã khai với Zalo.")
    ] = "http://localhost:8089/",
    code: Annotated[str | None, typer.Option(help="Mã mà trang cấp quyền trả về.")] = None,
) -> None:
    """Xin quản trị viên của OA cấp quyền gửi tin."""
    from desk.commands.zalo import consent

    raise typer.Exit(consent(redirect=redirect, code=code))


@zalo.command(name="token")
def zalo_token(
    retry: Annotated[bool, typer.Option("--retry", help="Cho phép thử làm mới token một lần nữa.")] = False,
) -> None:
    """Nhập cặp token từ bàn phím hoặc đường ống (hai dòng)."""
    from desk.commands.zalo import put_tokens, retry_refresh

    raise typer.Exit(retry_refresh() if retry else put_tokens())


@zalo.command(name="status")
def zalo_status(
    ask: Annotated[bool, typer.Option("--ask", help="Hỏi cả Zalo; không gửi tin nào.")] = False,
    json: Json = False,
) -> None:
    """Cho biết token, người đã liên kết, tin chưa rõ và các cảnh báo."""
    from desk.commands.zalo import status

    raise typer.Exit(status(ask=ask, json=json))


@zalo.command(name="delivery")
def zalo_delivery(json: Json = False) -> None:
    """Hỏi Zalo những tin chưa thấy báo đã đến máy; tin chắc chắn không đến thì gửi qua thư."""
    from desk.commands.zalo import ask_deliveries

    raise typer.Exit(ask_deliveries(json=json))


@zalo.command(name="code")
def zalo_code(
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="Mã cơ quan.")],
    role: Annotated[str, typer.Option(help="focal, clerk hoặc leadership.")] = "focal",
    name: Annotated[str | None, typer.Option(help="Tên người liên hệ.")] = None,
) -> None:
    """Cấp mã một lần để một đầu mối liên kết tài khoản Zalo."""
    from desk.commands.zalo import give_code

    raise typer.Exit(give_code(agency, role=role, name=name))


@zalo.command(name="templates")
def zalo_templates(
    status: Annotated[
        str | None, typer.Option(help="enable, pending_review, reject, disable hoặc delete; bỏ trống: tất cả.")
    ] = None,
    json: Json = False,
) -> None:
    """Liệt kê mẫu tin của OA trên Zalo và tên đã khai trong zalo.toml."""
    from desk.commands.zalo_account import list_templates

    raise typer.Exit(list_templates(status, json=json))


@zalo.command(name="template")
def zalo_template(
    name: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Mã mẫu tin hoặc tên trong zalo.toml.")],
    toml: Annotated[bool, typer.Option("--toml", help="In phần khai báo để chép vào zalo.toml.")] = False,
    json: Json = False,
) -> None:
    """Cho xem một mẫu tin: trạng thái, tham số, giá trị mẫu, chỗ khác với zalo.toml."""
    from desk.commands.zalo_account import show_template

    raise typer.Exit(show_template(name, toml=toml, json=json))


@zalo.command(name="followers")
def zalo_followers(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Số người nhiều nhất.")] = 50,
    json: Json = False,
) -> None:
    """Liệt kê người quan tâm OA: tên trên Zalo, UID, đầu mối đã liên kết."""
    from desk.commands.zalo_account import list_followers

    raise typer.Exit(list_followers(limit, json=json))


@zalo.command(name="rsa-key")
def zalo_rsa_key(
    out: Annotated[str, typer.Argument(metavar="FILE", help="Tệp .pem sẽ ghi.")],
    new: Annotated[bool, typer.Option("--new", help="Xin Zalo tạo khóa mới; khóa cũ thôi dùng được.")] = False,
) -> None:
    """Lấy khóa công khai của OA để gửi số điện thoại dạng mã hóa (phone_form = "rsa")."""
    from desk.commands.zalo_account import save_rsa_key

    raise typer.Exit(save_rsa_key(out, new=new))


@bot.command(name="status")
def bot_status(json: Json = False) -> None:
    """Cho biết tên bot và nơi bot gửi tin đến."""
    from desk.commands.zalo_bot import status

    raise typer.Exit(status(json=json))


@bot.command(name="webhook")
def bot_webhook(
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="Bỏ trống: địa chỉ bàn làm việc thêm /api/zalo-bot.")
    ] = None,
    delete: Annotated[
        bool, typer.Option("--delete", help="Bỏ webhook; sau đó dùng dondoc zalo bot listen.")
    ] = False,
) -> None:
    """Khai hoặc bỏ webhook của bot."""
    from desk.commands.zalo_bot import delete_webhook, set_webhook

    raise typer.Exit(delete_webhook() if delete else set_webhook(url))


@bot.command(name="listen")
def bot_listen(
    seconds: Annotated[int, typer.Option(min=1, max=86_400, help="Nghe trong bao nhiêu giây.")] = 60,
) -> None:
    """Nghe tin gửi cho bot khi không có webhook, để biết mã cuộc trò chuyện và nhận mã liên kết."""
    from desk.commands.zalo_bot import listen

    raise typer.Exit(listen(seconds))
