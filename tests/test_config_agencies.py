"""Directories in files: good ones come back as they went out, bad ones are refused with place and reason."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from datetime import time as clock
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from config import agencies
from config.agency_sheets import read_workbook, write_workbook
from config.agency_tables import phone_number
from config.errors import ConfigError
from deadlines.directory import Agency, AgencyKind, Contact, Directory, Group, Province, Role
from deadlines.directory_check import faults

FOLDER = Path(__file__).parent.parent / "config" / "agencies"
READY = ("an-giang", "dak-lak", "lang-son", "lao-cai", "phu-chau", "son-la", "yen-bai")
TODAY = date(2026, 1, 5)


@pytest.mark.parametrize("province", READY)
def test_the_ready_made_directories_are_whole(province: str) -> None:
    directory = agencies.load(FOLDER / f"{province}.toml")
    assert list(faults(directory)) == []
    assert {agency.province for agency in directory.agencies} >= {province}


def test_a_folder_is_all_of_its_provinces() -> None:
    directory = agencies.load(FOLDER)
    assert {province.code for province in directory.provinces} == set(READY)


@pytest.mark.parametrize(
    ("province", "units"),
    [("son-la", 75), ("an-giang", 102), ("dak-lak", 102), ("lang-son", 65), ("lao-cai", 99)],
)
def test_every_commune_of_the_real_provinces_is_there(province: str, units: int) -> None:
    """As many as the rearrangement of 01/07/2025 left each province with."""
    directory = agencies.load(FOLDER / f"{province}.toml")
    kinds = {AgencyKind.COMMUNE, AgencyKind.WARD, AgencyKind.SPECIAL_ZONE}
    assert sum(agency.kind in kinds for agency in directory.in_province(province, TODAY)) == units


@pytest.mark.parametrize("province", [name for name in READY if name != "phu-chau"])
def test_real_provinces_come_without_any_contact(province: str) -> None:
    directory = agencies.load(FOLDER / f"{province}.toml")
    assert not any(agency.contacts for agency in directory.agencies)


def test_the_sample_province_reaches_nobody_real() -> None:
    directory = agencies.load(FOLDER / "phu-chau.toml")
    people = [contact for agency in directory.agencies for contact in agency.contacts]
    assert len(people) > 30
    assert all((contact.email or "x.example").endswith(".example") for contact in people)
    assert all(re.fullmatch(r"849000000\d\d", contact.phone or "84900000000") for contact in people)


def test_agencies_that_nobody_can_reach_are_a_warning() -> None:
    directory = agencies.load(FOLDER / "phu-chau.toml")
    found = {problem.code: problem.reason for problem in agencies.problems(directory, TODAY)}
    assert found["phu-chau.benh-vien-da-khoa-tinh"] == "chưa có đầu mối liên hệ"
    assert found["phu-chau.co-so-y-te"] == "nhóm chưa có thành viên"
    assert "phu-chau.so-y-te" not in found
    assert "phu-chau.so-giao-thong-van-tai" not in found
    named = replace(directory.agencies[5], contacts=(Contact(name="Chỉ có tên"),))
    only_named = Directory(agencies=(named,), provinces=directory.provinces)
    assert agencies.problems(only_named)[0].reason == "đầu mối chưa có thư điện tử hay Zalo"


def test_a_city_has_the_names_of_a_city(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_bytes((FOLDER / "catalogue.toml").read_bytes())
    (tmp_path / "hai-dong.toml").write_text(
        'format = 1\n[province]\ncode = "hai-dong"\nname = "thành phố Hải Đông"\n', encoding="utf-8"
    )
    city = agencies.load(tmp_path)
    cells = {
        "UBND thành phố": "ubnd-tinh",
        "Công an TP; CA thành phố Hải Đông": "cong-an-tinh",
        "Thành đoàn Hải Đông": "tinh-doan",
        "Sở Y tế TP. Hải Đông": "so-y-te",
        "Thanh tra thành phố": "thanh-tra-tinh",
        "Sở TN&MT thành phố": "so-nong-nghiep-va-moi-truong",
    }
    for cell, code in cells.items():
        assert city.read_cell(cell, on=TODAY).agencies == (f"hai-dong.{code}",), cell
    assert city.read_cell("Các sở, ban, ngành thành phố", on=TODAY).complete


def test_a_provinces_file_changes_only_what_it_writes(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_bytes((FOLDER / "catalogue.toml").read_bytes())
    (tmp_path / "p.toml").write_text(
        'format = 1\n[province]\ncode = "p"\nname = "tỉnh Hải Đông"\nexclude = ["so-cong-thuong"]\n'
        '[[agencies]]\ncode = "so-y-te"\nchannels = ["email"]\n'
        '[[groups]]\ncode = "don-vi-lien-quan"\nmembers = ["so-y-te", "so-noi-vu"]\n',
        encoding="utf-8",
    )
    directory = agencies.load(tmp_path / "p.toml")
    health = directory.agency("p.so-y-te")
    assert health is not None
    assert (health.name, health.channels, health.superior) == ("Sở Y tế", ("email",), "p.ubnd-tinh")
    assert directory.read_cell("các đơn vị có liên quan", on=TODAY).agencies == ("p.so-noi-vu", "p.so-y-te")
    assert directory.agency("p.so-cong-thuong") is None


# Round trips


@pytest.mark.parametrize("province", READY)
def test_written_out_it_reads_back_the_same(province: str, tmp_path: Path) -> None:
    directory = agencies.load(FOLDER / f"{province}.toml")
    agencies.save(directory, tmp_path / "d.toml")
    write_workbook(directory, tmp_path / "d.xlsx")
    assert agencies.load(tmp_path / "d.toml") == directory
    assert read_workbook(tmp_path / "d.xlsx") == directory
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["d.toml", "d.xlsx"]


WORDS = st.text(alphabet="abdeghikmnoôơưăâđáềọữ =+-@'\"&,", min_size=1, max_size=12).map(
    lambda text: " ".join(f"Sở {text}".split())
)
CONTACTS = st.builds(
    Contact,
    role=st.sampled_from(Role),
    name=st.sampled_from(["", "Nguyễn Mẫu", "=1+1", "@cmd"]),
    email=st.sampled_from([None, "a.b@so.example"]),
    phone=st.sampled_from([None, "84900000001"]),
    zalo_uid=st.sampled_from([None, "900000000001", "00012345"]),
    position=st.sampled_from(["", "Giám đốc"]),
)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    names = draw(st.lists(WORDS, min_size=1, max_size=6, unique=True))
    made = []
    for number, name in enumerate(names):
        end = draw(st.none() | st.dates(date(2025, 1, 1), date(2030, 1, 1)))
        made.append(
            Agency(
                code=f"p.a-{number}",
                name=f"{name} {number}",
                kind=draw(st.sampled_from([AgencyKind.DEPARTMENT, AgencyKind.WARD, AgencyKind.UNION])),
                province="p",
                short_names=tuple(draw(st.lists(st.just(f"S{number}"), max_size=1))),
                superior="p.a-0" if number else None,
                valid_from=draw(st.none() | st.dates(date(1990, 1, 1), date(2024, 1, 1))),
                valid_to=end,
                successors=(f"p.a-{number - 1}",) if number and end else (),
                contacts=tuple(draw(st.lists(CONTACTS, max_size=3))),
                channels=tuple(draw(st.sampled_from([[], ["email"], ["zalo", "email"]]))),
                working_hours=draw(st.sampled_from([(), ((clock(7, 30), clock(11, 30)), (clock(13), clock(17)))])),
            )
        )
    group = Group(
        code="p.nhom", names=("các nhóm, tổ",), province="p", kinds=(AgencyKind.WARD,), members=("p.a-0",)
    )
    provinces = (Province(code="p", name="tỉnh Phú Châu", aliases=("Phú Châu cũ",)),)
    return Directory(agencies=tuple(made), groups=(group,), provinces=provinces)


@settings(max_examples=60, deadline=None)
@given(directory=directories())
def test_any_directory_reads_back_the_same(directory: Directory, tmp_path_factory: pytest.TempPathFactory) -> None:
    if next(faults(directory), None):
        return
    folder = tmp_path_factory.mktemp("round")
    agencies.save(directory, folder / "d.toml")
    write_workbook(directory, folder / "d.xlsx")
    assert agencies.load(folder / "d.toml") == directory
    assert read_workbook(folder / "d.xlsx") == directory


def test_a_workbook_of_contacts_alone_changes_contacts_alone(tmp_path: Path) -> None:
    base = agencies.load(FOLDER / "phu-chau.toml")
    file = workbook(
        tmp_path,
        {
            "Đầu mối": [
                ["Mã cơ quan", "Vai trò", "Họ và tên", "Thư điện tử", "Điện thoại"],
                ["phu-chau.so-y-te", "Lãnh đạo", "Trần Thử", "tran.thu@so-y-te.example", 84900000077],
            ]
        },
    )
    changes = agencies.difference(base, read_workbook(file, base))
    assert [(change.code, change.field) for change in changes] == [("phu-chau.so-y-te", "contacts")]
    person = read_workbook(file, base).agency("phu-chau.so-y-te").contacts[0]  # type: ignore[union-attr]
    assert (person.role, person.phone) == (Role.LEADERSHIP, "84900000077")


@pytest.mark.parametrize(
    ("written", "number"),
    [("0900 000 001", "84900000001"), ("+84 900.000.001", "84900000001"), ("84900000001", "84900000001"),
     ("", None), (None, None)],
)  # fmt: skip
def test_phone_numbers_are_taken_as_people_write_them(written: str | None, number: str | None) -> None:
    assert phone_number(written) == number


# Bad directories: what is written, and what the refusal must name

HEAD = 'format = 1\n[[provinces]]\ncode = "p"\nname = "tỉnh Phú Châu"\n'


def agency(code: str, rest: str = "", name: str = "") -> str:
    return f'[[agencies]]\ncode = "{code}"\nname = "{name or "Sở " + code}"\nkind = "sở"\nprovince = "p"\n{rest}\n'


def person(line: str) -> str:
    return f"[[agencies.contacts]]\n{line}"


ENDED = "valid_to = 2025-06-30\n"
BAD = {
    "cycle of succession": (
        agency("p.a", ENDED + 'successors = ["p.b"]') + agency("p.b", ENDED + 'successors = ["p.a"]'),
        ("successors", "p.a → p.b → p.a", "vòng lặp"),
    ),
    "its own successor": (
        agency("p.a", ENDED + 'successors = ["p.a"]'),
        ("successors", "p.a → p.a", "vòng lặp"),
    ),
    "cycle of superiors": (
        agency("p.a", 'superior = "p.b"') + agency("p.b", 'superior = "p.a"'),
        ("superior", "p.a → p.b", "cấp trên"),
    ),
    "group that contains itself": (
        '[[groups]]\ncode = "p.g"\nprovince = "p"\nnames = ["các g, h"]\nincludes = ["p.g"]\n',
        ("groups[1] (p.g).includes", "p.g → p.g", "chính nó"),
    ),
    "groups that contain each other": (
        '[[groups]]\ncode = "p.g"\nprovince = "p"\nnames = ["các g, h"]\nincludes = ["p.h"]\n'
        '[[groups]]\ncode = "p.h"\nprovince = "p"\nnames = ["các h, i"]\nincludes = ["p.g"]\n',
        ("includes", "p.g → p.h → p.g", "chính nó"),
    ),
    "one alias for two": (
        agency("p.a", 'aliases = ["Sở Chung"]') + agency("p.b", 'aliases = ["SỞ  CHUNG"]'),
        ("agencies[2] (p.b).aliases", "SỞ CHUNG", "p.a"),
    ),
    "name that a group has": (
        agency("p.a", name="Các sở, ngành") + '[[groups]]\ncode = "p.g"\nprovince = "p"\nnames = ["sở và ngành"]\n',
        ("groups[1] (p.g).names", "sở và ngành", "p.a"),
    ),
    "wrong phone": (
        agency("p.a") + person('phone = "12345"'),
        ("agencies[1] (p.a).contacts[1].phone", "12345", "số điện thoại"),
    ),
    "wrong e-mail": (
        agency("p.a") + person('email = "a@b.example"\n') + person('email = "so-y-te phu-chau.example"'),
        ("agencies[1] (p.a).contacts[2].email", "so-y-te phu-chau.example", "thư điện tử"),
    ),
    "wrong Zalo id": (agency("p.a") + person('zalo_uid = "a b"'), ("zalo_uid", "a b", "Zalo")),
    "wrong role": (agency("p.a") + person('role = "giám đốc"'), ("role", "giám đốc", "focal")),
    "unknown kind": (
        '[[agencies]]\ncode = "p.a"\nname = "Sở A"\nkind = "cục"\nprovince = "p"',
        ("agencies[1] (p.a).kind", "cục", "sở"),
    ),
    "unknown field": (agency("p.a", 'sucessors = ["p.b"]'), ("sucessors", "sucessors", "successors")),
    "unknown successor": (agency("p.a", ENDED + 'successors = ["p.x"]'), ("successors", "p.x", "mã")),
    "unknown superior": (agency("p.a", 'superior = "p.x"'), ("superior", "p.x", "mã")),
    "unknown member": (
        '[[groups]]\ncode = "p.g"\nprovince = "p"\nnames = ["các g"]\nmembers = ["p.x"]\n',
        ("groups[1] (p.g).members", "p.x", "mã"),
    ),
    "unknown province": (
        '[[agencies]]\ncode = "q.a"\nname = "Sở A"\nkind = "sở"\nprovince = "q"',
        ("province", "q", "p"),
    ),
    "successor without an end": (
        agency("p.a", 'successors = ["p.b"]') + agency("p.b"),
        ("valid_to", "", "ngày cuối"),
    ),
    "ends before it begins": (
        agency("p.a", "valid_from = 2025-07-01\nvalid_to = 2025-06-30"),
        ("valid_to", "2025-06-30", "01/07/2025"),
    ),
    "code twice": (agency("p.a") + agency("p.a"), ("agencies[2] (p.a).code", "p.a", "một lần")),
    "bad code": (agency("Sở A"), ("code", "Sở A", "không dấu")),
    "bad date": (agency("p.a", 'valid_from = "01/07/2025"'), ("valid_from", "01/07/2025", "2025-07-01")),
    "bad hours": (agency("p.a", 'working_hours = ["17:00-07:00"]'), ("working_hours", "17:00", "giờ")),
    "bad channel": (agency("p.a", 'channels = ["Thư điện tử"]'), ("channels", "Thư điện tử", "email")),
    "name with a bracket": (agency("p.a", name="Sở A (cũ)"), ("name", "Sở A (cũ)", "ngoặc")),
    "not text": (agency("p.a", "aliases = [1]"), ("aliases", "[1]", "danh sách")),
    "no name": ('[[agencies]]\ncode = "p.a"\nkind = "sở"', ("name", "", "trống")),
    "no TOML": ("[[agencies", ("", "", "TOML")),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_place_and_reason(case: str, tmp_path: Path) -> None:
    text, (field, value, allowed) = BAD[case]
    file = tmp_path / "d.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        agencies.load(file)
    error = caught.value
    assert error.file == str(file)
    assert error.field.endswith(field)
    assert value in " ".join(str(error.value).split())
    assert allowed in error.allowed


@pytest.mark.parametrize("text", ["format = 2\n", "", 'format = 1\nagency = "x"\n'])
def test_a_file_of_another_form_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        agencies.load(tmp_path / "d.toml")


def test_where_nothing_is_to_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tệp"):
        agencies.load(tmp_path)
    with pytest.raises(ConfigError, match="tệp"):
        agencies.load(tmp_path / "missing.toml")


def test_two_names_at_different_times_are_no_conflict(tmp_path: Path) -> None:
    text = agency("p.a", ENDED, name="Sở Chung") + agency("p.b", "valid_from = 2025-07-01", name="Sở Chung")
    (tmp_path / "d.toml").write_text(HEAD + text, encoding="utf-8")
    directory = agencies.load(tmp_path / "d.toml")
    assert directory.read_cell("Sở Chung", on=TODAY).agencies == ("p.b",)


# Bad workbooks

COLUMNS = ["Mã", "Tên", "Loại", "Mã tỉnh"]
ROW = ["p.a", "Sở A", "sở", "p"]
PLACE = {"Tỉnh": [["Mã", "Tên"], ["p", "tỉnh Phú Châu"]]}
BAD_BOOKS = {
    "column twice": ({"Cơ quan": [[*COLUMNS, "Tên"], ROW]}, ("Cơ quan, ô E1", "Tên", "một lần")),
    "unknown column": ({"Cơ quan": [[*COLUMNS, "Ghi chú"], ROW]}, ("Cơ quan, ô E1", "Ghi chú", "Tên tắt")),
    "missing column": ({"Cơ quan": [["Mã", "Tên"], ROW[:2]]}, ("Cơ quan, dòng 1", "", "Loại")),
    "unknown kind": (
        {"Cơ quan": [COLUMNS, ROW, ["p.b", "Sở B", "cục", "p"]]},
        ("Cơ quan, dòng 3, cột Loại", "cục", "sở"),
    ),
    "code twice": ({"Cơ quan": [COLUMNS, ROW, ROW]}, ("Cơ quan, dòng 3, cột Mã", "p.a", "một lần")),
    "name twice": (
        {"Cơ quan": [COLUMNS, ROW, [], ["p.b", "SỞ A", "sở", "p"]]},
        ("Cơ quan, dòng 4, cột Tên", "SỞ A", "p.a"),
    ),
    "wrong day": (
        {"Cơ quan": [[*COLUMNS, "Từ ngày"], [*ROW, "31/02/2025"]]},
        ("Cơ quan, dòng 2, cột Từ ngày", "31/02/2025", "01/07/2025"),
    ),
    "wrong phone": (
        {
            "Cơ quan": [COLUMNS, ROW],
            "Đầu mối": [["Mã cơ quan", "Điện thoại"], ["p.a", "0900000001"], ["p.a", "chưa có"]],
        },
        ("Đầu mối, dòng 3, cột Điện thoại", "chưacó", "số điện thoại"),
    ),
    "wrong e-mail": (
        {"Cơ quan": [COLUMNS, ROW], "Đầu mối": [["Mã cơ quan", "Thư điện tử"], ["p.a", "a@b"]]},
        ("Đầu mối, dòng 2, cột Thư điện tử", "a@b", "thư điện tử"),
    ),
    "contact of nobody": (
        {"Cơ quan": [COLUMNS, ROW], "Đầu mối": [["Mã cơ quan", "Thư điện tử"], ["p.x", "a@b.example"]]},
        ("Đầu mối, dòng 2, cột Mã cơ quan", "p.x", "mã"),
    ),
    "group in itself": (
        {
            "Cơ quan": [COLUMNS, ROW],
            "Nhóm": [["Mã", "Các tên", "Mã tỉnh", "Gồm nhóm"], ["p.g", "các g", "p", "p.g"]],
        },
        ("Nhóm, dòng 2, cột Gồm nhóm", "p.g → p.g", "chính nó"),
    ),
    "cycle of succession": (
        {
            "Cơ quan": [
                [*COLUMNS, "Đến hết ngày", "Cơ quan kế thừa"],
                [*ROW, "30/06/2025", "p.b"],
                ["p.b", "Sở B", "sở", "p", "30/06/2025", "p.a"],
            ]
        },
        ("Cơ quan, dòng 2, cột Cơ quan kế thừa", "p.a → p.b → p.a", "vòng lặp"),
    ),
    "no such sheets": ({"Trang1": [["Mã"]]}, ("", "", "Cơ quan")),
}  # fmt: skip


def workbook(folder: Path, sheets: dict[str, list[list[object]]]) -> Path:
    file = folder / "danh-ba.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return file


@pytest.mark.parametrize("case", BAD_BOOKS)
def test_a_bad_workbook_is_refused_with_row_and_reason(case: str, tmp_path: Path) -> None:
    sheets, (field, value, allowed) = BAD_BOOKS[case]
    file = workbook(tmp_path, {**sheets, **(PLACE if "Cơ quan" in sheets else {})})  # type: ignore[dict-item]
    with pytest.raises(ConfigError) as caught:
        read_workbook(file)
    error = caught.value
    assert (error.file, error.field) == (str(file), field)
    assert value in str(error.value)
    assert allowed in error.allowed


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no book", b"<html></html>", io.BytesIO().getvalue() + b"\0" * 99]
)
def test_what_is_no_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match="xlsx"):
        read_workbook(file)


def test_the_workbook_holds_no_formula(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    base = agencies.load(FOLDER / "phu-chau.toml")
    evil = replace(base.agencies[5], contacts=(Contact(name="=1+1", position="@x", email="a@b.example"),))
    write_workbook(Directory(agencies=(evil,), provinces=base.provinces), tmp_path / "x.xlsx")
    cells = [
        cell for page in openpyxl.load_workbook(tmp_path / "x.xlsx") for row in page.iter_rows() for cell in row
    ]
    assert any(cell.value == "=1+1" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
