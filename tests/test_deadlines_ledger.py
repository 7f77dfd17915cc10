"""Which waiting tasks an issued document may release, and which wait for the same one."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.awaiting import Grouping
from deadlines.documents import Fit, cited_numbers, fit_of_actors, fit_of_instrument, kind_of
from deadlines.ledger import Issued, Waiting, group, rank
from deadlines.types import Condition

DECREE = Condition(actors=("Chính phủ",), act="ban hành", instrument="Nghị định")
SCHEME = Condition(actors=("Chính phủ", "Bộ Y tế"), act="phê duyệt", instrument="đề án")
GUIDANCE = Condition(actors=("Chính phủ", "Bộ Y tế"), act="có", instrument="hướng dẫn")
WAITING = (
    Waiting(
        task_key="a:1",
        condition=DECREE,
        title="Triển khai Nghị định thay thế Nghị định số 11/2016/NĐ-CP về nuôi cá lồng trên sông",
    ),
    Waiting(
        task_key="b:7",
        condition=DECREE,
        title="Thực hiện Nghị định thay thế Nghị định số 11/2016/NĐ-CP ngày 02/02/2016 về nuôi cá lồng",
    ),
    Waiting(
        task_key="a:2", condition=DECREE, title="Hướng dẫn thực hiện Nghị định về tuyển chọn đầu bếp trường học"
    ),
    Waiting(task_key="a:3", condition=SCHEME, title="Thực hiện Đề án trồng rừng ngập mặn ven biển"),
    Waiting(task_key="a:4", condition=GUIDANCE, title="Nghị quyết về hỗ trợ tiền ăn cho học viên"),
    Waiting(task_key="a:5", condition=Condition(after_task="3.1"), title="Tổng kết"),
    Waiting(task_key="a:6", condition=Condition(this_plan=True), title="Thành lập tổ giúp việc"),
    Waiting(task_key="a:8", condition=Condition(instrument="Nghị định", number="15/2026/NĐ-CP"), title="Rà soát"),
)


def issued(
    issuer: str = "Chính phủ",
    instrument: str = "Nghị định",
    number: str | None = "77/2026/NĐ-CP",
    subject: str = "",
) -> Issued:
    return Issued(issuer=issuer, instrument=instrument, number=number, on=date(2026, 5, 4), subject=subject)


def ranked(event: Issued) -> list[str]:
    return [one.task_key for one in rank(event, WAITING)]


def test_the_title_tells_two_decrees_apart() -> None:
    cooks = rank(issued(subject="Quy định về tuyển chọn đầu bếp trong trường học"), WAITING)
    assert cooks[0].task_key == "a:2"
    assert cooks[0].score > cooks[1].score
    assert cooks[0].reasons == (
        "Đúng cơ quan ban hành: Chính phủ",
        "Đúng loại văn bản: Nghị định",
        "Nội dung giống tên nhiệm vụ 67%",
    )
    fish = rank(issued(subject="thay thế Nghị định số 11 / 2016 / NĐ-CP"), WAITING)
    assert [(one.task_key, one.score) for one in fish[:2]] == [("a:1", 1.0), ("b:7", 1.0)]
    assert fish[0].reasons[-1] == "Cùng nói đến văn bản số 11/2016/NĐ-CP"
    assert {one.task_key for one in fish[2:]} == {"a:2", "a:4"}


def test_a_printed_number_decides() -> None:
    exact = rank(issued(number="15/2026/nđ-cp"), WAITING)
    assert (exact[0].task_key, exact[0].score) == ("a:8", 1.0)
    assert "a:8" not in ranked(issued(number="16/2026/NĐ-CP"))
    assert "a:8" in ranked(issued(number=None)), "the number may not be known yet"


def test_a_title_may_give_the_number() -> None:
    waiting = [Waiting(task_key="x", condition=DECREE, title="Thực hiện Nghị định số 77/2026/NĐ-CP")]
    (one,) = rank(issued(), waiting)
    assert (one.score, one.reasons[-1]) == (1.0, "Tên nhiệm vụ nêu số 77/2026/NĐ-CP")


def test_a_scheme_is_approved_by_a_decision() -> None:
    event = issued("Thủ tướng Chính phủ", "Quyết định", "9/QĐ-TTg", "Phê duyệt Đề án trồng rừng ngập mặn ven biển")
    assert ranked(event) == ["a:3"]
    assert ranked(issued("Thủ tướng Chính phủ", "Quyết định", "9/QĐ-TTg", "về nghỉ lễ")) == []
    ministry = issued("Bộ Y tế", "Quyết định", "9/QĐ-BYT", "Phê duyệt Đề án trồng rừng ngập mặn")
    assert ranked(ministry)[0] == "a:3"


def test_another_issuer_or_kind_is_ruled_out() -> None:
    assert ranked(issued("Quốc hội", "Luật", "1/2026/QH16", "Luật Nuôi cá lồng")) == []
    assert ranked(issued("Bộ Y tế", "Thông tư", "1/2026/TT-BYT", "")) == ["a:4"]


def test_conditions_on_tasks_and_on_the_plan_are_never_met_by_a_document() -> None:
    for subject in ("Tổng kết", "Thành lập tổ giúp việc"):
        assert not {"a:5", "a:6"} & set(ranked(issued(subject=subject)))


@pytest.mark.parametrize(
    ("actors", "issuer", "by_decision", "fit"),
    [
        (("Chính phủ",), "Chính phủ", False, Fit.SAME),
        (("Chính phủ",), "Thủ tướng Chính phủ", False, Fit.NONE),
        (("Chính phủ",), "Thủ tướng Chính phủ", True, Fit.LIKELY),
        (("HĐND tỉnh",), "Hội đồng nhân dân tỉnh Biển Xanh", False, Fit.SAME),
        (("Hội đồng nhân dân tỉnh Biển Xanh",), "HĐND tỉnh", False, Fit.SAME),
        (("UBND tỉnh",), "Hội đồng nhân dân tỉnh", False, Fit.NONE),
        (("Bộ Y tế", "Bộ Tài chính"), "BỘ TÀI CHÍNH", False, Fit.SAME),
        (("cấp có thẩm quyền",), "Bộ Y tế", False, Fit.OPEN),
        (("Bộ, ngành Trung ương",), "Bộ Y tế", False, Fit.OPEN),
        ((), "Bộ Y tế", False, Fit.OPEN),
        (("Bộ Y tế",), "Bộ Nội vụ", True, Fit.NONE),
    ],
)
def test_who_may_be_meant(actors: tuple[str, ...], issuer: str, by_decision: bool, fit: Fit) -> None:
    assert fit_of_actors(actors, issuer, by_decision=by_decision) is fit


@pytest.mark.parametrize(
    ("awaited", "instrument", "subject", "fit"),
    [
        ("Nghị định mới", "Nghị định", "", Fit.SAME),
        ("Nghị định hướng dẫn", "nghị định", "", Fit.SAME),
        ("Quyết định phê duyệt", "Quyết định", "", Fit.SAME),
        ("Bộ luật", "Luật", "", Fit.NONE),
        ("Thông tư", "Thông tư liên tịch", "", Fit.NONE),
        ("hướng dẫn", "Thông tư", "", Fit.OPEN),
        ("quy định mới", "Nghị định", "", Fit.OPEN),
        (None, "Công văn", "", Fit.OPEN),
        ("đề án", "Quyết định", "Phê duyệt Đề án A", Fit.LIKELY),
        ("đề án", "Quyết định", "Phê duyệt Chương trình A", Fit.NONE),
        ("đề án", "Đề án", "", Fit.SAME),
        ("lộ trình", "Nghị quyết", "lộ trình thực hiện", Fit.LIKELY),
        ("đề án", "Luật", "đề án", Fit.NONE),
    ],
)
def test_which_kind_may_be_meant(awaited: str | None, instrument: str, subject: str, fit: Fit) -> None:
    assert fit_of_instrument(awaited, instrument, subject) is fit


def test_numbers_are_found_as_printed() -> None:
    assert cited_numbers("theo Nghị định số 11/2016/NĐ-CP, Quyết định 1660/QĐ-TTg ngày 02/10/2021") == {
        "11/2016/nd-cp": "11/2016/NĐ-CP",
        "1660/qd-ttg": "1660/QĐ-TTg",
    }
    assert kind_of("Nghịch đảo") is None


def test_groups_hold_what_waits_for_one_document_across_plans() -> None:
    groups = group(WAITING)
    assert [one.task_keys for one in groups] == [
        ("a:1", "b:7"), ("a:2",), ("a:3",), ("a:4",), ("a:5",), ("a:6",), ("a:8",),
    ]  # fmt: skip
    assert groups[0].label == (
        "Nghị định của Chính phủ: Nghị định thay thế Nghị định số 11/2016/NĐ-CP về nuôi cá lồng trên sông"
    )
    assert groups[4].label == "nhiệm vụ 3.1 hoàn thành"


def test_the_same_number_is_one_document_whatever_the_titles() -> None:
    numbered = Condition(instrument="Nghị định", number="15/2026/NĐ-CP")
    spelt = Condition(actors=("Chính phủ",), instrument="Nghị định", number="15/2026/nđ-cp")
    both = [Waiting(task_key="a", condition=numbered, title="x"), Waiting(task_key="b", condition=spelt, title="y")]
    assert [one.task_keys for one in group(both)] == [("a", "b")]


def test_different_cited_documents_are_never_one() -> None:
    titles = [f"Triển khai Nghị định thay thế Nghị định số {n}/2016/NĐ-CP về nuôi cá lồng" for n in (11, 12)]
    waiting = [Waiting(task_key=str(n), condition=DECREE, title=title) for n, title in enumerate(titles)]
    assert len(group(waiting)) == 2


WORDS = ("Nghị định", "về", "nuôi", "cá lồng", "đầu bếp", "trường học", "11/2016/NĐ-CP", "đề án", "(")
TITLES = st.lists(st.sampled_from(WORDS)).map(" ".join)
CONDITIONS = st.sampled_from([one.condition for one in WAITING])
LISTS = st.lists(
    st.builds(Waiting, task_key=st.sampled_from("abcdef"), condition=CONDITIONS, title=TITLES), max_size=12
)


@given(LISTS)
def test_grouping_loses_and_doubles_nothing(waiting: list[Waiting]) -> None:
    members = [id(one) for found in group(waiting) for one in found.members]
    assert sorted(members) == sorted(map(id, waiting))


@settings(deadline=None)
@given(LISTS, LISTS)
def test_grouping_after_a_change_is_the_same_as_grouping_anew(before: list[Waiting], after: list[Waiting]) -> None:
    grouping = Grouping()
    for waiting in (before, [*before, *after], [*after, *before], before[1:], before[:3] + before[4:], after):
        assert grouping.group(waiting) == group(waiting)


@settings(deadline=None, max_examples=300)
@given(LISTS, st.sampled_from((2, 3, 400)), st.data())
def test_grouping_after_some_have_gone_is_the_same_as_grouping_anew(
    waiting: list[Waiting], most: int, data: st.DataObject
) -> None:
    grouping = Grouping()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("deadlines.awaiting._MOST_COMPARED", most)
        while waiting:
            assert grouping.group(waiting) == group(waiting)
            gone = data.draw(st.integers(0, len(waiting) - 1))
            waiting = waiting[:gone] + waiting[gone + 1 :]


@given(LISTS, TITLES)
def test_ranking_is_ordered_and_explained(waiting: list[Waiting], subject: str) -> None:
    found = rank(issued(subject=subject), waiting)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(0 < one.score <= 1 and one.reasons and all(one.reasons) for one in found)
    assert set(found) == set(rank(issued(subject=subject), list(reversed(waiting))))
