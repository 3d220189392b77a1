"""Shares and words: what the templates are given."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fir.eligibility.rules import Outcome
from fir.portal.templatetags.fir import breakable, reasons_in_words, share_of, shares_of, words

NUMBERS = st.lists(st.integers(min_value=0, max_value=10_000_000), max_size=8)


@given(NUMBERS)
def test_shares_fill_the_bar_without_gap_or_overlap(numbers: list[int]) -> None:
    shares = shares_of((f"PART_{place}", number) for place, number in enumerate(numbers))

    assert sum(share.width for share in shares) == (1000 if any(numbers) else 0)
    for before, after in pairwise(shares):
        assert before.start + before.width == after.start
    assert [share.number for share in shares] == [number for number in numbers if number]


def test_stored_words_are_read_as_people_say_them() -> None:
    assert words(Outcome.ELIGIBLE_IN_STEPS.value) == "Eligible in steps"
    assert words("N") == "Latest (N)"


def test_a_breakable_text_is_escaped() -> None:
    assert breakable("<b>") == "&lt;b&gt;<wbr>"


def test_breaks_lie_eight_letters_apart() -> None:
    assert breakable("0123456789ABCDEF0") == "01234567<wbr>89ABCDEF<wbr>0<wbr>"


def test_the_commonest_reason_comes_first() -> None:
    told = reasons_in_words({"HUB_TOO_OLD": 2, "NO_OTA_ROUTE": 7})

    assert [(reason.code, devices) for reason, devices in told] == [
        ("NO_OTA_ROUTE", 7),
        ("HUB_TOO_OLD", 2),
    ]


@given(st.integers(min_value=0, max_value=10**7), st.integers(min_value=0, max_value=10**7))
def test_some_is_never_shown_as_none_nor_nearly_all_as_all(part: int, rest: int) -> None:
    share = share_of(part, part + rest)

    assert (share == 0) == (part == 0)
    assert (share == 100) == (part > 0 and rest == 0)
