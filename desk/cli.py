"""The command line. Exit 0 done, 1 the input or the outside world failed, 2 wrong usage.

Nothing heavy is imported here: a command imports what it needs when it runs, so that `--help` is quick.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from desk.cli_agencies import agencies, config, people
from desk.cli_review import review
from desk.cli_zalo import zalo

app = typer.Typer(
    name="dondoc",
    help="Đôn Đốc đọc kế hoạch của UBND tỉnh, hiểu thời hạn và nhắc cơ quan chủ trì cho đến khi hoàn thành.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
event = typer.Typer(help="Sổ văn bản đã ban hành.", no_args_is_help=True, rich_markup_mode=None)
audit = typer.Typer(help="Nhật ký.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(event, name="event")
app.add_typer(audit, name="audit")
user = typer.Typer(help="Người dùng của bàn làm việc.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(user, name="user")
app.add_typer(zalo, name="zalo")
app.add_typer(review, name="review")
app.add_typer(agencies, name="agencies")
app.add_typer(people, name="people")
app.add_typer(config, name="config")

Json = Annotated[bool, typer.Option("--json", help="Chỉ in JSON.")]
Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Tệp kế hoạch.")]
Day = Annotated[str | None, typer.Option(metavar="DATE", help="Ngày, dạng 2026-06-01 hoặc 01/06/2026.")]


@app.command()
def read(files: Files, json: Json = False) -> None:
    """Đọc kế hoạch và in các nhiệm vụ, không lưu gì."""
    from desk.commands.reading import read_files

    raise typer.Exit(read_files(files, json=json))


@app.command()
def explain(
    texts: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Thời hạn như in trong kế hoạch.")],
    issued: Day = None,
    json: Json = False,
) -> None:
    """Giải thích một thời hạn được hiểu thế nào."""
    from desk.commands.reading import explain_texts

    raise typer.Exit(explain_texts(texts, issued=issued, json=json))


@app.command(name="import")
def import_(
    files: Files,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ xem khác biệt từng dòng, không lưu gì.")] = False,
    confirm: Annotated[
        str | None,
        typer.Option(help="Chỉ dẫn sửa đổi được xác nhận: all (mọi chỉ dẫn chắc chắn), none, hoặc các số (1,3)."),
    ] = None,
    json: Json = False,
) -> None:
    """Đọc và lưu kế hoạch. Nhập lại cùng một tệp không thay đổi gì."""
    from desk.commands.importing import foresee_files, import_files

    raise typer.Exit(
        foresee_files(files, json=json) if dry_run else import_files(files, json=json, confirm=confirm)
    )


@app.command()
def tasks(
    plan: Annotated[str | None, typer.Option(help="Số kế hoạch.")] = None,
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan chủ trì.")] = None,
    json: Json = False,
) -> None:
    """Liệt kê nhiệm vụ."""
    from desk.commands.listing import list_tasks

    raise typer.Exit(list_tasks(plan=plan, agency=agency, json=json))


@app.command()
def waiting(json: Json = False) -> None:
    """Nhiệm vụ đang chờ một văn bản hoặc một nhiệm vụ khác."""
    from desk.commands.listing import list_waiting

    raise typer.Exit(list_waiting(json=json))


@app.command()
def attention(json: Json = False) -> None:
    """Nhiệm vụ chưa thể nhắc ai, kèm lý do."""
    from desk.commands.listing import list_attention

    raise typer.Exit(list_attention(json=json))


@event.command(name="add")
def event_add(
    issuer: Annotated[str, typer.Option(help="Cơ quan ban hành, ví dụ Chính phủ.")],
    instrument: Annotated[str, typer.Option(help="Loại văn bản, ví dụ Nghị định.")],
    on: Annotated[str, typer.Option(metavar="DATE", help="Ngày ban hành.")],
    subject: Annotated[str, typer.Option(help="Trích yếu.")],
    number: Annotated[str | None, typer.Option(help="Số, ký hiệu.")] = None,
    link: Annotated[str | None, typer.Option(help="Đường dẫn đến văn bản.")] = None,
    release: Annotated[
        list[str] | None, typer.Option(metavar="TASK", help="Mã nhiệm vụ được mở; lặp lại được; all: mọi đề xuất.")
    ] = None,
    json: Json = False,
) -> None:
    """Ghi nhận một văn bản đã ban hành; không có --release thì chỉ đề xuất nhiệm vụ được mở."""
    from desk.commands.events import add_event

    raise typer.Exit(
        add_event(
            issuer=issuer,
            instrument=instrument,
            on=on,
            subject=subject,
            number=number,
            link=link,
            release=release or [],
            json=json,
        )
    )


@event.command(name="list")
def event_list(json: Json = False) -> None:
    """Liệt kê văn bản đã ghi nhận."""
    from desk.commands.events import list_events

    raise typer.Exit(list_events(json=json))


@event.command(name="correct")
def event_correct(
    number: Annotated[int, typer.Argument(metavar="EVENT", help="Số thứ tự trong sổ.")],
    on: Annotated[str, typer.Option(metavar="DATE", help="Ngày ban hành đúng.")],
) -> None:
    """Sửa ngày ban hành; các thời hạn liên quan đổi theo."""
    from desk.commands.events import correct_event

    raise typer.Exit(correct_event(number, on=on))


@event.command(name="withdraw")
def event_withdraw(number: Annotated[int, typer.Argument(metavar="EVENT", help="Số thứ tự trong sổ.")]) -> None:
    """Rút một văn bản đã ghi nhầm; nhiệm vụ liên quan trở lại trạng thái chờ."""
    from desk.commands.events import withdraw_event

    raise typer.Exit(withdraw_event(number))


@app.command()
def done(
    task: Annotated[int, typer.Argument(metavar="TASK", help="Mã nhiệm vụ.")],
    on: Day = None,
    document: Annotated[str | None, typer.Option(help="Số văn bản báo cáo hoàn thành.")] = None,
    due: Annotated[str | None, typer.Option(help="Chỉ hoàn thành kỳ hạn này của nhiệm vụ định kỳ.")] = None,
) -> None:
    """Ghi nhận nhiệm vụ đã hoàn thành."""
    from desk.commands.completing import mark_done

    raise typer.Exit(mark_done(task, on=on, document=document, due=due))


@app.command()
def extend(
    task: Annotated[int, typer.Argument(metavar="TASK", help="Mã nhiệm vụ.")],
    to: Annotated[str, typer.Option(metavar="DATE", help="Thời hạn mới.")],
    document: Annotated[str, typer.Option(help="Số văn bản cho phép gia hạn.")],
    due: Annotated[str | None, typer.Option(help="Kỳ hạn được gia hạn.")] = None,
) -> None:
    """Gia hạn một nhiệm vụ."""
    from desk.commands.completing import extend_task

    raise typer.Exit(extend_task(task, to=to, document=document, due=due))


@app.command()
def preview(
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Từ ngày, tính cả ngày này.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Đến ngày, tính cả ngày này.")] = None,
    json: Json = False,
) -> None:
    """Ai sẽ được nhắc việc gì, ngày nào, qua kênh nào; không gửi gì."""
    from desk.commands.running import show_preview

    raise typer.Exit(show_preview(first=from_, last=to, json=json))


@app.command()
def run(
    on: Day = None,
    plain: Annotated[bool, typer.Option("--plain", help="Không dùng Prefect.")] = False,
    workers: Annotated[
        bool, typer.Option("--workers", help="Giao lượt chạy hôm nay cho worker (PREFECT_API_URL).")
    ] = False,
    json: Json = False,
) -> None:
    """Chạy công việc hằng ngày ngay bây giờ."""
    from desk.commands.printing import misuse
    from desk.commands.running import run_day, run_on_workers

    if workers and (plain or on):
        raise typer.Exit(misuse("--workers không dùng cùng --on hay --plain."))
    if workers:
        raise typer.Exit(run_on_workers(json=json))
    raise typer.Exit(run_day(on=on, plain=plain, json=json))


@app.command()
def serve() -> None:
    """Chạy theo lịch cho đến khi dừng."""
    from desk.commands.running import serve_schedule

    raise typer.Exit(serve_schedule())


@app.command()
def deploy(
    pool: Annotated[str, typer.Option(help="Tên nhóm worker của Prefect.")] = "dondoc",
) -> None:
    """Đăng ký lịch chạy của mọi tỉnh với máy chủ Prefect (PREFECT_API_URL), cho nhiều worker."""
    from desk.commands.running import deploy_flows

    raise typer.Exit(deploy_flows(pool))


@app.command()
def check(
    send_test: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Gửi thử đến địa chỉ này.")] = None,
    channel: Annotated[str | None, typer.Option(help="Kênh gửi thử; bỏ trống: email.")] = None,
    json: Json = False,
) -> None:
    """Kiểm tra cấu hình, cơ sở dữ liệu và kênh gửi."""
    from desk.commands.checking import check_all

    raise typer.Exit(check_all(send_test=send_test, channel=channel, json=json))


@app.command()
def report(
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Từ ngày, tính cả ngày này.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Đến ngày, tính cả ngày này.")] = None,
    out: Annotated[str | None, typer.Option(metavar="FOLDER", help="Thư mục ghi; bỏ trống: thư mục này.")] = None,
) -> None:
    """Lập báo cáo theo cơ quan (.docx và .xlsx); bỏ trống ngày: tháng trước."""
    from desk.commands.reporting import make_report

    raise typer.Exit(make_report(first=from_, last=to, out=out))


@app.command()
def letter(
    agency: Annotated[str, typer.Option(metavar="CODE", help="Mã cơ quan.")],
    on: Day = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Tệp .docx; bỏ trống: thư mục này.")] = None,
) -> None:
    """Soạn dự thảo công văn đôn đốc một cơ quan, kèm phụ lục; không ký."""
    from desk.commands.reporting import make_letter

    raise typer.Exit(make_letter(agency, on=on, out=out))


@app.command()
def export(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Tệp .xlsx, .csv, .ics hoặc .docx.")],
) -> None:
    """Xuất danh sách nhiệm vụ."""
    from desk.commands.reporting import export_tasks

    raise typer.Exit(export_tasks(file))


@app.command()
def migrate() -> None:
    """Nâng cấp cơ sở dữ liệu lên phiên bản của chương trình."""
    from desk.commands.keeping import migrate_database

    raise typer.Exit(migrate_database())


@app.command()
def backup(
    to: Annotated[str | None, typer.Option(metavar="FILE", help="Tệp sao lưu; bỏ trống: var/backups.")] = None,
    keep: Annotated[int, typer.Option(metavar="N", help="Giữ bao nhiêu bản trong var/backups.")] = 30,
) -> None:
    """Sao lưu cơ sở dữ liệu, kể cả khi đang chạy, và đọc lại để kiểm tra."""
    from desk.commands.keeping import back_up

    raise typer.Exit(back_up(to, keep))


@app.command()
def restore(file: Annotated[str, typer.Argument(metavar="FILE", help="Bản sao lưu.")]) -> None:
    """Khôi phục từ bản sao lưu; tạm dừng gửi cho đến khi chạy dondoc resume. Dừng dondoc serve trước."""
    from desk.commands.keeping import restore_from

    raise typer.Exit(restore_from(file))


@app.command()
def resume(
    unsure: Annotated[
        bool, typer.Option("--unsure", help="Thư đang chờ có thể đã gửi: để người kiểm tra, không tự gửi.")
    ] = False,
) -> None:
    """Cho gửi trở lại sau khi khôi phục."""
    from desk.commands.keeping import resume_sending

    raise typer.Exit(resume_sending(unsure=unsure))


@app.command()
def move(
    to: Annotated[
        str | None, typer.Option(metavar="URL", help="Cơ sở dữ liệu mới, trống; hoặc biến DONDOC_MOVE_TO.")
    ] = None,
) -> None:
    """Chuyển toàn bộ dữ liệu sang cơ sở dữ liệu khác (SQLite, PostgreSQL), so sánh từng bảng."""
    from desk.commands.keeping import move_database

    raise typer.Exit(move_database(to))


@app.command()
def archive(
    before: Annotated[str, typer.Option(metavar="DATE", help="Chỉ thư kết thúc trước ngày này.")],
) -> None:
    """Bỏ nội dung và địa chỉ của thư cũ về việc đã xong; thông tin gửi vẫn giữ."""
    from desk.commands.keeping import archive_messages

    raise typer.Exit(archive_messages(before))


@audit.command(name="verify")
def audit_verify(
    expect: Annotated[
        str | None,
        typer.Option(metavar="SỐ:MÃ", help="Mục đã ghi lại ở nơi khác; nhật ký bị viết lại hay cắt bớt thì lộ ra."),
    ] = None,
) -> None:
    """Kiểm tra nhật ký có bị sửa hay không."""
    from desk.commands.keeping import verify_audit

    raise typer.Exit(verify_audit(expect))


@app.command(name="fake-zalo")
def fake_zalo(
    port: Annotated[int, typer.Option(help="Cổng trên 127.0.0.1.")] = 8089,
    webhook: Annotated[str, typer.Option(metavar="URL", help="Nơi nhận webhook, trên máy này.")] = "",
) -> None:
    """Chạy Zalo giả trên máy này để thử, không gửi gì ra ngoài."""
    from desk.commands.fake_zalo import serve_fake

    raise typer.Exit(serve_fake(port=port, webhook=webhook))


@user.command(name="add")
def user_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Tên đăng nhập.")],
    role: Annotated[str, typer.Option(help="viewer, operator hoặc admin.")] = "operator",
) -> None:
    """Thêm người dùng; hỏi mật khẩu, hoặc lấy từ DONDOC_PASSWORD hay DONDOC_PASSWORD_FILE."""
    from desk.commands.users import add_user

    raise typer.Exit(add_user(name, role=role))


@user.command(name="password")
def user_password(name: Annotated[str, typer.Argument(metavar="NAME", help="Tên đăng nhập.")]) -> None:
    """Đặt lại mật khẩu và tắt xác thực hai bước của một người dùng."""
    from desk.commands.users import set_password

    raise typer.Exit(set_password(name))


@user.command(name="list")
def user_list() -> None:
    """Liệt kê người dùng."""
    from desk.commands.users import list_users

    raise typer.Exit(list_users())


@app.command()
def web(
    host: Annotated[str | None, typer.Option(help="Địa chỉ nghe; bỏ trống: theo cấu hình.")] = None,
    port: Annotated[int | None, typer.Option(help="Cổng nghe; bỏ trống: theo cấu hình.")] = None,
) -> None:
    """Chạy riêng bàn làm việc trên web cho đến khi dừng."""
    from desk.commands.web import serve_desk

    raise typer.Exit(serve_desk(host=host, port=port))


BATCH_WORK = frozenset({"archive", "backup", "move", "report", "run"})
"""Commands that a person at the desk should not have to wait for."""


def main() -> None:
    """Run the command line; a failure of the outside world is one clear line and exit 1."""
    from config.errors import ConfigError
    from plans.errors import ReadError
    from store.errors import StoreError

    if sys.argv[1:] and sys.argv[1] in BATCH_WORK:
        from flows.steps.priority import step_back

        step_back()
    try:
        app(standalone_mode=True)
    except (ConfigError, ReadError, StoreError) as error:
        sys.stderr.write(f"dondoc: {error}\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
