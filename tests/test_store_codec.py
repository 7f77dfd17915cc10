from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import types as t
from store.codec import reading_from_json, to_json

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
month_days = st.builds(t.MonthDay, month=st.integers(1, 12), day=st.sampled_from([-1, 1, 15, 28]))
counted = st.builds(t.Counted, start=days, amount=st.integers(1, 90), unit=st.sampled_from(t.Unit))
texts = st.text(max_size=30)
terms = st.one_of(
    st.builds(
        t.Fixed,
        due=st.one_of(days, month_days, counted),
        named=st.one_of(st.none(), days, month_days),
        start=st.one_of(st.none(), days),
        tentative=st.booleans(),
    ),
    st.builds(t.Range, start=days, due=days),
    st.builds(t.OpenStart, start=st.one_of(days, month_days)),
    st.builds(t.Recurring, rule=texts, until=st.one_of(st.none(), days)),
    st.builds(
        t.Conditional,
        condition=st.builds(
            t.Condition, actors=st.lists(texts, max_size=3).map(tuple), act=st.one_of(st.none(), texts)
        ),
        offset=st.one_of(st.none(), st.integers(1, 90)),
        unit=st.sampled_from(t.Unit),
        gate=st.booleans(),
    ),
    st.builds(t.Ongoing),
    st.builds(t.Unspecified),
)
readings = st.builds(
    t.Deadline,
    text=texts,
    terms=st.lists(terms, min_size=1, max_size=3).map(tuple),
    evidence=st.lists(st.builds(t.Evidence, rule=texts, words=texts, span=st.just((0, 3))), max_size=2).map(tuple),
    milestone=st.one_of(st.none(), st.builds(t.Milestone, actor=texts, act=texts)),
)


@given(
    st.one_of(
        readings,
        st.builds(t.Unread, text=texts),
        st.builds(t.Ambiguous, text=texts, readings=st.tuples(readings, readings)),
    )
)
def test_a_stored_reading_comes_back_equal(reading: t.Reading) -> None:
    assert reading_from_json(to_json(reading)) == reading


@pytest.mark.parametrize("stored", [None, [], "x", {}, {"is": "Nothing"}, {"is": "Condition"}])
def test_what_is_no_reading_is_refused(stored: object) -> None:
    with pytest.raises(ValueError, match="not a reading"):
        reading_from_json(stored)
