"""The year's calendars that ship with the program, and each way in which an admin can get one wrong."""

from datetime import date
from pathlib import Path

import pytest

from config import calendars
from config.calendars import load, read
from config.errors import ConfigError

SHIPPED = Path(calendars.__file__).parent / "calendars"
RIGHT = """year = 2026
[days_off]
2026-01-01 = "Tết Dương lịch"
2026-04-30 = "Ngày Chiến thắng"
2026-05-01 = "Ngày Quốc tế lao động"
2026-09-02 = "Quốc khánh"
[working_weekends]
2026-01-10 = "Làm bù"
"""


def test_the_shipped_years_know_the_official_swaps() -> None:
    calendar = load(SHIPPED)
    for off, worked in [
        (date(2025, 5, 2), date(2025, 4, 26)),
        (date(2026, 1, 2), date(2026, 1, 10)),
        (date(2026, 8, 31), date(2026, 8, 22)),
    ]:
        assert not calendar.is_working(off)
        assert calendar.is_working(worked)
    assert [year for year in range(2024, 2029) if calendar.is_provisional(year)] == [2027, 2028]
    assert not calendar.is_working(date(2045, 9, 2))


def test_holidays_of_the_shipped_years_agree_with_the_library_but_for_the_known_swap() -> None:
    from deadlines.calendar import national

    library, shipped = national(range(2025, 2027)), load(SHIPPED)
    days = [date.fromordinal(n) for n in range(date(2025, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    differ = [day for day in days if library.is_working(day) != shipped.is_working(day)]
    assert differ == [date(2026, 1, 2), date(2026, 1, 10)]


def test_a_right_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "2026.toml"
    path.write_text(RIGHT, encoding="utf-8")
    year = read(path)
    assert (year.year, year.official, len(year.off), list(year.working)) == (2026, True, 4, [date(2026, 1, 10)])


WEEKENDS = "[working_weekends]\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "field", "value"),
    [
        ("2027.toml", "", "", "year", "2026"),
        ("2026.toml", "year = 2026", 'year = "2026"', "year", "2026"),
        ("2026.toml", "year = 2026", "year = true", "year", "True"),
        ("1999.toml", "year = 2026", "year = 1999", "year", "1999"),
        ("2026.toml", "year = 2026", 'year = 2026\nofficial = "có"', "official", "có"),
        ("2026.toml", "[days_off]", "[day_off]", "day_off", ""),
        ("2026.toml", "2026-01-10 =", "2025-01-11 =", "working_weekends.2025-01-11", "2025-01-11"),
        ("2026.toml", "2026-01-10 =", "2026-01-12 =", "working_weekends.2026-01-12", "2026-01-12"),
        ("2026.toml", "2026-04-30 =", "30-04-2026 =", "days_off.30-04-2026", "30-04-2026"),
        ("2026.toml", "2026-04-30 =", "2026-04-31 =", "days_off.2026-04-31", "2026-04-31"),
        ("2026.toml", "2026-04-30 =", "20260430 =", "days_off.20260430", "20260430"),
        ("2026.toml", '"Quốc khánh"', '" "', "days_off.2026-09-02", " "),
        ("2026.toml", '"Quốc khánh"', "1", "days_off.2026-09-02", "1"),
        ("2026.toml", '2026-09-02 = "Quốc khánh"\n', "", "days_off", ""),
        ("2026.toml", RIGHT, "year = 2026\ndays_off = 3", "days_off", "3"),
        ("2026.toml", "year = 2026", "year 2026", "", ""),
        (
            "2026.toml",
            WEEKENDS,
            '2026-01-11 = "Nghỉ"\n' + WEEKENDS + '2026-01-11 = "Làm bù"\n',
            "working_weekends.2026-01-11",
            "2026-01-11",
        ),
    ],
)
def test_a_mistake_names_file_field_value_and_what_is_allowed(
    tmp_path: Path, name: str, old: str, new: str, field: str, value: str
) -> None:
    assert old in RIGHT
    path = tmp_path / name
    path.write_text(RIGHT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    error = caught.value
    assert (error.file, error.field, str(error.value)) == (str(path), field, value)
    assert error.allowed
    assert "\n" not in str(error)
    assert str(path) in str(error)
    assert error.allowed in str(error)


def test_a_draft_need_not_be_complete(tmp_path: Path) -> None:
    path = tmp_path / "2030.toml"
    path.write_text('year = 2030\nofficial = false\n[days_off]\n2030-02-05 = "Nghỉ Tết"\n', encoding="utf-8")
    calendar = load(tmp_path)
    assert not calendar.is_working(date(2030, 2, 5))
    assert calendar.is_provisional(2030)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="thư mục"):
        load(tmp_path / "missing")
    (tmp_path / "2026.toml").write_bytes(b"year = 2026 # \xff")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path)
    (tmp_path / "2026.toml").unlink()
    (tmp_path / "2026.toml").mkdir()
    with pytest.raises(ConfigError, match="đọc được"):
        load(tmp_path)


def test_a_long_value_is_cut_and_a_secret_can_be_left_out() -> None:
    assert len(str(ConfigError(file="a.toml", field="b", value="x" * 500, allowed="c"))) < 200
    assert str(ConfigError(file="a.toml", field="b", value="", allowed="c")) == (
        "a.toml: mục b không hợp lệ; cho phép: c"
    )
