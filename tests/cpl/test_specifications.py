"""The versions of specifications: every form that occurs is read, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl.specifications import parse_gbcs, parse_specification, specification_of

NUMBERS = st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "device_type", "meant"),
    [
        ("SMETS V5.1", "ESME", ("SMETS", "5.1")),
        ("SMETS2 v5.1", "ESME", ("SMETS", "5.1")),
        ("smets2 5.1", "GSME", ("SMETS", "5.1")),
        ("SMETS V1.58", "ESME", ("SMETS", "1.58")),
        ("SMETS 1.58", "ESME", ("SMETS", "1.58")),
        ("SMETS1 V1.2", "ESME", ("SMETS", "1.2")),
        ("SMETS2.0", "ESME", ("SMETS", "2.0")),
        ("SMETS25.1", "ESME", ("SMETS", "25.1")),
        ("SMETS1", "ESME", ("SMETS", "1")),
        ("smets 1", "GSME", ("SMETS", "1")),
        ("V4.2", "PPMID", ("SMETS", "4.2")),
        ("5.1", "ESME", ("SMETS", "5.1")),
        (" Version 5.1 ", "ESME", ("SMETS", "5.1")),
        ("CHTS V1.3", "CHF", ("CHTS", "1.3")),
        ("V1.3", "CHF", ("CHTS", "1.3")),
        ("1.3", "GPF", ("CHTS", "1.3")),
        # What is written out counts, even where it is the wrong one.
        ("SMETS V5.1", "CHF", ("SMETS", "5.1")),
        ("CHTS V1.3", "ESME", ("CHTS", "1.3")),
    ],
)
def test_every_way_of_writing_a_specification_is_read(
    text: str, device_type: str, meant: tuple[str, str]
) -> None:
    assert parse_specification(text, device_type) == meant


@pytest.mark.parametrize(
    "text",
    ["", "SMETS", "SMETS2", "CHTS1", "5", "V5", "5,1", "SMETS V5.1 or 5.2", "GBCS 4.2",
     "2020-04-02", "1E+05", "ſMETS 5.1", "٥.١"],
)  # fmt: skip
def test_what_names_no_version_of_a_specification_is_not_read(text: str) -> None:
    assert parse_specification(text, "ESME") is None


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.2", "3.2"),
        ("GBCS 4.2", "4.2"),
        ("v4.1", "4.1"),
        ("GBCS v1.0", "1.0"),
        ("gbcs4.2", "4.2"),
    ],
)
def test_every_way_of_writing_a_version_of_gbcs_is_read(text: str, version: str) -> None:
    assert parse_gbcs(text) == ("GBCS", version)


@pytest.mark.parametrize("text", ["", "GBCS", "4", "SMETS V4.2", "4.2/4.1", "44138", "02-Apr"])
def test_what_names_no_version_of_gbcs_is_not_read(text: str) -> None:
    assert parse_gbcs(text) is None


@given(number=NUMBERS, device_type=st.sampled_from(["ESME", "CHF"]))
def test_a_version_is_kept_as_it_is_written_whatever_stands_before_it(
    number: str, device_type: str
) -> None:
    kind = specification_of(device_type)

    for before in ("", "V", "v", f"{kind} ", f"{kind} V", f"{kind.lower()}-v"):
        assert parse_specification(f"{before}{number}", device_type) == (kind, number)
    for before in ("", "V", "GBCS ", "GBCS v"):
        assert parse_gbcs(f"{before}{number}") == ("GBCS", number)


@given(text=st.text())
def test_any_text_is_read_or_not_without_an_error(text: str) -> None:
    for found in (parse_specification(text, "ESME"), parse_gbcs(text)):
        assert found is None or found[1][0].isdigit()
