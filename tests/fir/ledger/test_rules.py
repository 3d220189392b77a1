"""What may stand in an event."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fir.ledger.rules import PayloadRefused, canonical_text, check_payload

REMOVED = {
    "cpl_entry_id": "CPL-000001",
    "date_removed": "2026-11-20",
    "reason": "",
    "proposed_by": None,
    "import_id": None,
}
ADMITTED = {"party": "p", "category": "DCC", "user_roles": [], "manufacturer_identifiers": []}
LOADED = {"load_id": 1, "devices": 7, "rows_bad": 0}


@pytest.mark.parametrize("payload", [ADMITTED, ADMITTED | {"user_roles": ["IS", "GS"]}])
def test_a_payload_as_its_kind_says_is_taken(payload: dict[str, Any]) -> None:
    check_payload("PARTY_ADMITTED", payload)


@pytest.mark.parametrize("missing", ADMITTED)
def test_a_payload_without_one_of_its_fields_is_refused_by_name(missing: str) -> None:
    payload = {name: value for name, value in ADMITTED.items() if name != missing}

    with pytest.raises(PayloadRefused, match=missing):
        check_payload("PARTY_ADMITTED", payload)


def test_a_payload_with_a_field_of_no_kind_is_refused_by_name() -> None:
    with pytest.raises(PayloadRefused, match="email"):
        check_payload("PARTY_ADMITTED", ADMITTED | {"email": "someone@example.org"})


@pytest.mark.parametrize("value", [None, 1, True, ["x"], {"a": "x"}, 1.5, b"x"])
def test_a_text_field_holds_text_alone(value: object) -> None:
    with pytest.raises(PayloadRefused, match="reason"):
        check_payload("CPL_ENTRY_REMOVED", REMOVED | {"reason": value})


@pytest.mark.parametrize("value", [None, "1", True, 1.0, [1]])
def test_a_number_field_holds_whole_numbers_alone(value: object) -> None:
    with pytest.raises(PayloadRefused, match="devices"):
        check_payload("ESTATE_LOADED", LOADED | {"devices": value})


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**63])
def test_a_number_that_a_reader_could_take_for_its_neighbour_is_refused(value: int) -> None:
    with pytest.raises(PayloadRefused, match="devices"):
        check_payload("ESTATE_LOADED", LOADED | {"devices": value})


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, 0])
def test_whatever_number_is_taken_can_be_written(value: int) -> None:
    payload = LOADED | {"devices": value}

    check_payload("ESTATE_LOADED", payload)

    assert f'"devices":{value},' in canonical_text(payload)


@pytest.mark.parametrize(
    "value",
    [
        [1.5],
        [float("nan")],
        [[0.1]],
        [{"share": 0.5}],
        [2**53],
        [{"a": [{"b": -(2**53)}]}],
        [{"größe": 1}],
        [{"a": {"ключ": None}}],
        [{1: "a"}],
        [b"bytes"],
        [{"of one"}],
        [("a", "tuple")],
    ],
    ids=repr,
)
def test_what_json_readers_read_apart_is_refused_however_deep_it_stands(value: list[Any]) -> None:
    with pytest.raises(PayloadRefused, match="user_roles"):
        check_payload("PARTY_ADMITTED", ADMITTED | {"user_roles": value})


@pytest.mark.parametrize("value", [[], [None], [True, False], [{"a": [{"b": "ü€😀"}]}], [-1]])
def test_lists_and_objects_of_plain_values_are_taken(value: list[Any]) -> None:
    check_payload("PARTY_ADMITTED", ADMITTED | {"user_roles": value})


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.text(st.characters(max_codepoint=127)), inside, max_size=3)
    ),
    max_leaves=12,
)


@given(event=st.dictionaries(st.text(st.characters(max_codepoint=127)), PLAIN, max_size=6))
def test_the_canonical_text_is_the_one_of_the_standard(event: dict[str, Any]) -> None:
    assert canonical_text(event) == rfc8785.dumps(event).decode()
