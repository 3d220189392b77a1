"""What somebody says of a release is read whole, with every fault of form named at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.submissions.claims import READERS, REQUIRED, Claim, Kind, fields_of, read_claim
from fir.submissions.readers import (
    LARGEST_SIZE,
    MOST_NOTES,
    MOST_PREDECESSORS,
    MOST_TEXT,
)
from tests import make

OVERRIDE, ZERO_WIDTH, SOFT_HYPHEN, SEPARATOR = "\u202e", "\u200b", "\u00ad", "\u2028"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
WRONG: dict[str, Any] = {
    "of_entry": "CPL 5",
    "reason": "Wrong\u202e.",
    "device_type": "METER",
    "manufacturer_identifier": "Fine Meters",
    "device_model": "101",
    "further_device_models": "00010102",
    "firmware_version": "1.2.3",
    "manufacturer_image_hash": "ABC",
    "smets_chts_version": 5.1,
    "gbcs_version": ["4.2"],
    "esme_variant": {"A": 1},
    "cpa_certificate_id": "x" * (MOST_TEXT + 1),
    "cpa_expiry_date": "31 January 2029",
    "cpa_renewal_date": "2029-02-30",
    "zigbee_certificate_id": "ZIG\x00",
    "dlms_certificate_id": True,
    "predecessors": ["CPL 1"],
    "release_notes": "x" * (MOST_NOTES + 1),
    "carries_updates": "yes",
    "purposes": ["SECURITY", "FUN"],
    "security_relevant": 1,
    "interrupts_hub_power": "no",
    "minimum_hardware_version": "1.0",
    "maximum_hardware_version": "010",
    "image_size": LARGEST_SIZE + 1,
    "end_of_support": "never",
    "activation_advice": ["At night."],
}
NEW = fields_of(Kind.NEW)


def faults_of(**changes: Any) -> list[tuple[str, str]]:
    """Field and code of every fault of a good release with some things said otherwise."""
    return [(fault.field, fault.code) for fault in read_claim(make.release(9, **changes))[1]]


def test_a_release_without_a_fault_is_read_as_it_was_meant() -> None:
    claim, faults = read_claim(
        make.release(
            9,
            device_type="esme",
            manufacturer_identifier="0xf1a1",
            smets_chts_version="  SMETS V5.1 ",
            cpa_expiry_date="31/01/2029",
            predecessors=["cpl-000002", "CPL-000001", "CPL-000002"],
        )
    )

    assert faults == []
    assert claim == Claim(
        device_type="ESME",
        manufacturer_identifier="F1A1",
        device_model="00010101",
        firmware_version="00000009",
        manufacturer_image_hash=make.image_hash(9),
        smets_chts_version="SMETS V5.1",
        gbcs_version="4.2",
        esme_variant="A",
        cpa_certificate_id="CPA-9",
        cpa_expiry_date=date(2029, 1, 31),
        cpa_renewal_date=date(2099, 1, 31),
        predecessors=("CPL-000001", "CPL-000002"),
        release_notes="Mends the clock.",
    )


def test_every_field_of_a_wrong_form_is_named_in_one_answer() -> None:
    assert set(WRONG) == set(READERS) - {"kind"}

    claim, faults = read_claim({**WRONG, "kind": "CORRECTION"})

    assert claim == Claim(kind="CORRECTION")
    assert [fault.field for fault in faults] == [name for name in READERS if name != "kind"]
    assert all(fault.code and fault.message for fault in faults)


def test_a_kind_that_nobody_knows_is_named_and_the_rest_is_read_as_a_new_release() -> None:
    assert faults_of(kind="UPDATE", gbcs_version="") == [
        ("kind", "NOT_A_CHOICE"),
        ("gbcs_version", "FIELD_MISSING"),
    ]


@pytest.mark.parametrize("kind", Kind)
def test_what_a_kind_does_not_say_is_refused_rather_than_lost(kind: Kind) -> None:
    said = {"kind": kind, **{name: "x" for name in READERS if name != "kind"}}

    refused = {f.field for f in read_claim(said)[1] if f.code == "NOT_OF_THIS_KIND"}

    assert refused == set(READERS) - set(fields_of(kind))
    assert set(REQUIRED[kind]) <= set(fields_of(kind))


def test_what_is_said_of_an_entry_needs_no_more_than_the_entry() -> None:
    claim, faults = read_claim(
        {"kind": "withdrawal", "of_entry": "cpl-5", "reason": " It  drains\nthe battery. "}
    )

    assert faults == []
    assert claim == Claim(kind="WITHDRAWAL", of_entry="CPL-5", reason="It drains the battery.")
    assert read_claim({"kind": "Legacy completion", "of_entry": "CPL-5"})[1] == []


def test_a_release_says_more_than_its_line() -> None:
    claim, faults = read_claim(
        make.release(
            9,
            further_device_models=["00010103", "0x00010102", "00010103"],
            purposes=["feature", "Security", "security"],
            security_relevant=True,
            interrupts_hub_power=False,
            minimum_hardware_version="0x0100",
            maximum_hardware_version="01ff",
            image_size="123,456",
            end_of_support="31/12/2031",
            activation_advice="At night.\r\nNot in frost.",
        )
    )

    assert faults == []
    assert claim.device_models == ("00010101", "00010102", "00010103")
    assert claim.purposes == ("SECURITY", "FEATURE")
    assert (claim.security_relevant, claim.interrupts_hub_power) == (True, False)
    assert (claim.minimum_hardware_version, claim.maximum_hardware_version) == ("0100", "01FF")
    assert (claim.image_size, claim.end_of_support) == (123456, date(2031, 12, 31))
    assert claim.activation_advice == "At night.\nNot in frost."


@pytest.mark.parametrize("said", [0, -1, True, 1.5, "1e3", "", "٣", "9" * 40, LARGEST_SIZE + 1])
def test_a_size_is_a_number_of_bytes_that_an_image_may_have(said: Any) -> None:
    assert faults_of(image_size=said) == ([] if said == "" else [("image_size", "NOT_A_SIZE")])


def test_a_megabyte_of_notes_is_refused_in_a_sentence() -> None:
    _, (fault,) = read_claim(make.release(9, release_notes="x" * 1_000_000))

    assert (fault.code, len(fault.message) < 200) == ("TOO_LONG", True)


def test_every_missing_field_is_named_in_one_answer() -> None:
    claim, faults = read_claim({})

    assert claim == Claim()
    assert [(f.field, f.code) for f in faults] == [
        (name, "FIELD_MISSING") for name in READERS if name in REQUIRED[Kind.NEW]
    ]


@pytest.mark.parametrize("name", REQUIRED[Kind.NEW])
@pytest.mark.parametrize("nothing", [None, "", "  ", "\u3000"])
def test_a_required_field_that_says_nothing_is_a_fault(name: str, nothing: Any) -> None:
    assert [field for field, _ in faults_of(**{name: nothing})] == [name]


@pytest.mark.parametrize("name", sorted(set(READERS) - set(REQUIRED[Kind.NEW])))
@pytest.mark.parametrize("nothing", [None, "", " "])
def test_an_optional_field_may_say_nothing(name: str, nothing: Any) -> None:
    assert faults_of(**{name: nothing}) == []


def test_a_field_nobody_knows_is_named() -> None:
    assert faults_of(firmware_ver="00000009") == [("firmware_ver", "FIELD_UNKNOWN")]


def test_the_name_of_an_unknown_field_is_repeated_only_as_far_as_it_can_be_shown() -> None:
    ((field, code),) = faults_of(**{"\ud800\x00" + OVERRIDE + "x" * 500: 1})

    assert code == "FIELD_UNKNOWN"
    assert field.isprintable()
    assert len(field) <= 80


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b[31m", "\x85", OVERRIDE, ZERO_WIDTH, SOFT_HYPHEN, "\ud800", SEPARATOR]
)
@pytest.mark.parametrize("name", ["smets_chts_version", "cpa_certificate_id", "release_notes"])
def test_what_cannot_be_seen_is_refused_in_text(name: str, hidden: str) -> None:
    assert faults_of(**{name: f"a{hidden}b"}) == [(name, "CONTROL_CHARACTER")]


def test_notes_may_have_lines_and_other_text_may_not() -> None:
    assert faults_of(release_notes="One.\r\n\tTwo.\n") == []
    assert faults_of(gbcs_version="4.\n2") == [("gbcs_version", "CONTROL_CHARACTER")]


@pytest.mark.parametrize("said", ["N/A", "n/a", " N/A "])
def test_not_applicable_says_that_there_is_no_predecessor(said: str) -> None:
    claim, faults = read_claim(make.release(9, predecessors=said))

    assert (claim.predecessors, faults) == ((), [])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ([], "FIELD_MISSING"),
        ("none", "PREDECESSORS_FORM"),
        ("CPL-000001", "PREDECESSORS_FORM"),
        ({"CPL-000001": True}, "PREDECESSORS_FORM"),
        (["N/A"], "PREDECESSORS_FORM"),
        (["CPL-000001", None], "NOT_TEXT"),
        (["CPL-000001"] * (MOST_PREDECESSORS + 1), "TOO_MANY"),
    ],
)
def test_predecessors_are_a_list_of_entries_or_not_applicable(said: Any, code: str) -> None:
    assert faults_of(predecessors=said) == [("predecessors", code)]


@pytest.mark.parametrize("said", ["true", 1, 0, "N/A", []])
def test_yes_or_no_is_said_as_such(said: Any) -> None:
    expected = [] if said == [] else [("carries_updates", "NOT_YES_OR_NO")]

    assert faults_of(carries_updates=said) == expected


@given(st.dictionaries(st.sampled_from(list(READERS)) | st.text(), JSON))
def test_whatever_json_says_is_read_or_named_and_never_raises(said: dict[str, Any]) -> None:
    claim, faults = read_claim(said)

    named = {fault.field for fault in faults}
    for name in READERS:
        unsaid = getattr(claim, name) == getattr(Claim(), name)
        assert not (name in named and not unsaid), f"{name} is both read and refused"
    assert all(fault.message for fault in faults)
    assert (not faults) <= all(
        getattr(claim, name) not in (None, "") for name in REQUIRED[claim.kind]
    )


@given(name=st.sampled_from(list(READERS)), value=JSON)
def test_one_wrong_field_never_hides_another(name: str, value: Any) -> None:
    other = "gbcs_version" if name != "gbcs_version" else "esme_variant"

    faults = faults_of(**{name: value, other: 7})

    codes = {code for field, code in faults if field == other}
    assert codes & {"NOT_TEXT", "NOT_OF_THIS_KIND"}
