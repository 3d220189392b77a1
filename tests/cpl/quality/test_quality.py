"""Every rule of the list's quality, kept and broken, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cpl.catalogue import Catalogue, DeviceTypeNeeds, Specification
from cpl.quality import ALL_RULES, QualityFinding, findings_of, findings_of_list
from cpl.quality.facts import Severity
from cpl.quality.index import ListIndex
from cpl.queries import listed_entries
from cpl.rulebook import sentence_of
from cpl.sheet.row import COLUMNS
from tests import make

if TYPE_CHECKING:
    from cpl.quality.facts import Line
    from cpl.sheet.row import SheetRow

TODAY = make.AT.date()
YESTERDAY, TOMORROW = date(2026, 11, 19), date(2026, 11, 21)
CATALOGUE = Catalogue(
    specifications={
        (one.kind, one.version): one
        for one in (
            Specification("SMETS", "5.1", None, TODAY),
            Specification("SMETS", "4.2", date(2017, 1, 1), YESTERDAY),
            Specification("SMETS", "6.0", TOMORROW, None),
            Specification("CHTS", "1.3"),
            Specification("GBCS", "1.0", None, date(2018, 5, 7)),
            Specification("GBCS", "4.2"),
            Specification("GBCS", "5.0", TOMORROW, None),
        )
    },
    needs={
        "ESME": DeviceTypeNeeds("ESME", True, True, True, "IS"),
        "GSME": DeviceTypeNeeds("GSME", True, False, False, "GS"),
        "PPMID": DeviceTypeNeeds("PPMID", False, False, False, ""),
    },
)
WHOLE_FILE, IMAGE_INSIDE = make.image_hash("file"), make.image_hash("image")
HASH = make.image_hash(1)
UNCERTIFIED = {"cpa_certificate_id": "", "cpa_renewal_date": None}


def row(number: int = 1, **changes: Any) -> SheetRow:
    return make.row(number, **changes)


def same_image(number: int = 2, **changes: Any) -> SheetRow:
    """Another entry with the hash of the first."""
    return row(number, manufacturer_image_hash=HASH, **changes)


def mistyped(digits: int) -> str:
    """The first entry's hash with so many wrong digits, spread over all of it."""
    wrong = {64 * n // digits for n in range(digits)}
    return "".join("F" if n in wrong and d != "F" else "0" if n in wrong else d
                   for n, d in enumerate(HASH))  # fmt: skip


def versions(*listed: str, **changes: Any) -> list[SheetRow]:
    """Entries with these versions, listed one after the other."""
    return [row(n, firmware_version=v, **changes) for n, v in enumerate(listed, start=1)]


def findings(line: Line, *others: Line) -> list[QualityFinding]:
    known_files = {WHOLE_FILE: IMAGE_INSIDE}
    return findings_of(line, ListIndex([*others, line]), CATALOGUE, TODAY, known_files)


def codes(line: Line, *others: Line) -> list[str]:
    return [finding.code for finding in findings(line, *others)]


# One release for a range of hardware tells nothing of how versions are coded.
HARDWARE = [
    same_image(n, firmware_version="00000001", device_model=f"0001010{n}") for n in range(1, 7)
]
DECIMALS = versions("00000001", "00000002", "00000003", "00000004", "00000009")
# In hexadecimal 131585 is 20201.
DECIMAL = row(9, firmware_version="00131585")
RANGE = replace(
    DECIMAL, cpl_entry_id="CPL-000002", device_model="00010109", date_added=date(2020, 1, 2)
)

# Each is a line, and the other entries of its list.
KEPT: list[list[SheetRow]] = [
    [row()],
    [row(), row(2), row(3)],
    [row(1, status="REMOVED", manufacturer_name="#REF!", gbcs_version="", **UNCERTIFIED)],
    [row(1, status="REMOVED"), same_image(2, device_type="GSME"), row(3, firmware_version="1")],
    # Hashes: a range of hardware shares them, and what was removed is no rival.
    [row(), same_image(2, firmware_version="00000001", device_model="00010102")],
    [row(), row(2, firmware_version="00000001", status="REMOVED")],
    [row(), row(2, firmware_version="00000001", device_model="00010102")],
    [row(), same_image(2, status="REMOVED")],
    # Listed under a wrong maker, removed, and listed anew: that mends it.
    [row(), same_image(2, manufacturer_identifier="F1A2", status="REMOVED")],
    [row(), same_image(2, firmware_version="00000001", status="REMOVED")],
    [row(), same_image(2, device_model="00020101", status="REMOVED")],
    [row(1, manufacturer_image_hash=""), row(2, manufacturer_image_hash="")],
    [row(1, manufacturer_image_hash=""), row(2, firmware_version="00000001")],
    [row(), row(2, manufacturer_image_hash=mistyped(5))],
    [row(), row(2, manufacturer_image_hash=mistyped(1), device_model="00020101")],
    [row(), row(2, manufacturer_image_hash=mistyped(1), status="REMOVED")],
    [row(1, manufacturer_image_hash=IMAGE_INSIDE)],
    # Versions: too few came before, one of them has a letter, or they came later.
    [row(10), *DECIMALS[:4]],
    [row(10), *versions("00000001", "00000002", "0000000F", "00000004", "00000009")],
    [row(10, date_added=date(2020, 1, 4)), *DECIMALS],
    [row(10), *(replace(one, device_type="GSME") for one in DECIMALS)],
    [row(10), *(replace(one, manufacturer_identifier="F1A2") for one in DECIMALS)],
    [row(10), *DECIMALS[:4], replace(DECIMALS[4], status="REMOVED")],
    [row(10), *HARDWARE],
    [DECIMAL, *versions("00020299")],
    [DECIMAL, *versions("000302FF")],
    [DECIMAL, *versions("000212FF")],
    [replace(DECIMAL, date_added=date(2020, 1, 1)), *versions("0F000000", "000202FF")],
    [DECIMAL, RANGE, *versions("000202FF"), row(3, firmware_version="001302FF")],
    [DECIMAL, *versions("000202FF", "001302FF")],
    [DECIMAL, *versions("000202FF", device_model="00020101")],
    [replace(DECIMAL, date_added=date(2019, 1, 1)), *versions("000202FF")],
    [row(9, firmware_version="99999999"), *versions("000202FF")],
    # Certificates
    [row(1, device_type="PPMID", **UNCERTIFIED, zigbee_certificate_id="", dlms_certificate_id="")],
    [row(1, device_type="SAPC", **UNCERTIFIED)],
    [row(1, device_type="GSME", zigbee_certificate_id="", dlms_certificate_id="")],
    [row(1, cpa_expiry_date=TODAY, cpa_renewal_date=TODAY)],
    [row(), row(2, cpa_certificate_id="CPA-1")],
    [row(), row(2, cpa_certificate_id="CPA-1", cpa_renewal_date=TOMORROW, status="REMOVED")],
    [
        row(),
        row(2, cpa_certificate_id="CPA-1", cpa_renewal_date=TOMORROW,
            manufacturer_identifier="F1A2"),
    ],
    # Specifications
    [row(1, smets_chts_version="V6.0", gbcs_version="GBCS v5.0")],
    [row(1, device_type="CHF", smets_chts_version="V1.3")],
    # Texts
    [row(1, cpa_certificate_id="NW-CPA-1A10-01000002", zigbee_certificate_id="CPA-900001")],
    [row(1, cpa_certificate_id="36499", zigbee_certificate_id="55100")],
    [row(1, dlms_certificate_id="1067", zigbee_certificate_id="ZIG14025ZSE25063-24")],
    [row(1, dlms_certificate_id="0123"), row(2, dlms_certificate_id="123")],
    [
        row(1, dlms_certificate_id="123"),
        row(2, dlms_certificate_id="0123", manufacturer_identifier="F1A2"),
    ],
    [row(1, dlms_certificate_id="123"), row(2, zigbee_certificate_id="0123")],
    [row(1, dlms_certificate_id="X123"), row(2, dlms_certificate_id="0X123")],
    [row(1, removal_reason="#N/A")],
    [row(1, manufacturer_name="44138"), row(2, manufacturer_name="02-Apr")],
    [row(1), row(2, manufacturer_name="Finer Meters")],
    [row(1), row(2, manufacturer_name="FINE METERS", manufacturer_identifier="F1A2")],
    [row(1), row(2, manufacturer_name="FINE METERS", status="REMOVED")],
    [row(1), row(2), row(3, manufacturer_name="FINE METERS")],
]  # fmt: skip
BROKEN: dict[str, list[list[SheetRow]]] = {
    "TWO_HASHES": [[row(), row(2, firmware_version="00000001")]],
    "HASH_OF_ANOTHER": [
        [row(), same_image(device_type="GSME")],
        [row(), same_image(manufacturer_identifier="F1A2")],
    ],
    "HASH_OF_ANOTHER_FAMILY": [[row(), same_image(device_model="00020101")]],
    "ONE_IMAGE_TWO_VERSIONS": [[row(), same_image()], [row(), same_image(device_model="00010201")]],
    "LISTED_TWICE": [
        [row(), same_image(firmware_version="00000001")],
        [
            row(1, manufacturer_image_hash=""),
            row(2, manufacturer_image_hash="", firmware_version="00000001"),
        ],
    ],
    "NEARLY_THE_SAME_HASH": [
        [row(), row(2, manufacturer_image_hash=mistyped(digits))] for digits in (1, 2, 3, 4)
    ],
    "VERSION_CODING": [
        [row(10), *DECIMALS],
        [row(10, device_model="00090101", date_added=date(2020, 1, 5)), *DECIMALS[:-1],
         replace(DECIMALS[4], date_added=date(2020, 1, 5))],
    ],
    "VERSION_LOOKS_DECIMAL": [
        [DECIMAL, *versions("000202FF")],
        [DECIMAL, *versions("00020FFF")],
        [DECIMAL, *versions("000202FF", "001202FF")],
        [DECIMAL, *versions("000A02FF", "00020200", device_model="00010909")],
        # The hardware range listed with it is as wrong, and proves nothing.
        [DECIMAL, RANGE, *versions("000202FF")],
    ],
    "HASH_OF_WHOLE_FILE": [[row(1, manufacturer_image_hash=WHOLE_FILE)]],
    "CERTIFICATE_LAPSED": [
        [row(1, cpa_renewal_date=YESTERDAY)],
        [row(1, cpa_expiry_date=YESTERDAY)],
    ],
    "CERTIFICATE_NOT_NAMED": [[row(1, cpa_certificate_id="")]],
    "CERTIFICATE_MISSING": [
        [row(1, **UNCERTIFIED)],
        [row(1, device_type="GSME", **UNCERTIFIED, dlms_certificate_id="")],
        [row(1, zigbee_certificate_id="")],
        [row(1, dlms_certificate_id="")],
    ],
    "CERTIFICATE_WITHOUT_DATE": [[row(1, cpa_renewal_date=None)]],
    "CERTIFICATE_DATES_DIFFER": [
        [row(), row(2, cpa_certificate_id="CPA-1", cpa_renewal_date=TOMORROW)],
        [row(), row(2, cpa_certificate_id="CPA-1", cpa_expiry_date=TOMORROW)],
    ],
    "SPECIFICATION_UNKNOWN": [
        [row(1, smets_chts_version=said)] for said in ("", "new", "SMETS V5.9", "CHTS V1.3")
    ],
    "SPECIFICATION_ENDED": [[row(1, smets_chts_version="SMETS2 v4.2")]],
    "GBCS_UNKNOWN": [[row(1, gbcs_version=said)] for said in ("", "new", "4.9")],
    "GBCS_ENDED": [[row(1, gbcs_version="GBCS v1.0")]],
    "SPREADSHEET_DAMAGE": [
        *([row(1, cpa_certificate_id=said)] for said in (
            "1E+05", "2.02E+11", "2,02E11", "2020-04-02", "2020-04-02 00:00:00", "02/04/2020",
            "2/4/20", "02.04.2020", "02-Apr", "2-Apr-20", "Apr-20", "44138", "36526",
            "55099", "#N/A", "#REF!", "#DIV/0!", "######", "TRUE", "FALSE",
        )),
        *([row(1, **{column: "44138"})] for column in (
            "esme_variant", "zigbee_certificate_id", "dlms_certificate_id",
        )),
        [row(1, manufacturer_name="#NAME?")],
        [row(1, dlms_certificate_id="123"), row(2, dlms_certificate_id="00123")],
        [row(1, status="REMOVED", removal_reason="#VALUE!")],
    ],
    "MAKER_NAMED_TWICE": [
        [row(), row(2, manufacturer_name=name)]
        for name in ("FINE METERS", "Fine-Meters", "Fine Meters Ltd", "Fine Meters, Limited",
                     "FineMeters")
    ],
}  # fmt: skip
CASES = [(code, one) for code, cases in BROKEN.items() for one in cases]


@pytest.mark.parametrize("kept", KEPT)
def test_a_line_without_a_fault_keeps_every_rule(kept: list[SheetRow]) -> None:
    assert findings(*kept) == []


@pytest.mark.parametrize(("code", "broken"), CASES)
def test_each_rule_is_broken_by_its_own_fault_and_by_that_alone(
    code: str, broken: list[SheetRow]
) -> None:
    assert codes(*broken) == [code]


def test_every_rule_is_broken_somewhere_above() -> None:
    assert [rule.code for rule in ALL_RULES] == list(BROKEN)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_rule_reads_as_a_sentence_and_names_its_column_source_and_weight(rule: Any) -> None:
    sentence = sentence_of(rule)

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert rule.field in COLUMNS
    assert rule.reference
    assert isinstance(rule.severity, Severity)


def test_what_must_be_fixed_is_what_is_wrong_beyond_doubt() -> None:
    must_fix = [rule.code for rule in ALL_RULES if rule.severity is Severity.MUST_FIX]

    assert must_fix == [
        "TWO_HASHES", "HASH_OF_ANOTHER", "HASH_OF_WHOLE_FILE", "CERTIFICATE_LAPSED",
        "CERTIFICATE_NOT_NAMED", "CERTIFICATE_MISSING", "SPECIFICATION_ENDED", "GBCS_ENDED",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("TWO_HASHES", ["CPL-000002", HASH, make.image_hash(2)]),
        ("HASH_OF_ANOTHER", ["CPL-000002 (GSME of F1A1)"]),
        ("HASH_OF_ANOTHER_FAMILY", ["CPL-000002 (family 0002)", HASH]),
        ("ONE_IMAGE_TWO_VERSIONS", ["CPL-000002 (00000002)", HASH, "00000001"]),
        ("LISTED_TWICE", ["CPL-000002", "00010101", "00000001"]),
        ("NEARLY_THE_SAME_HASH", ["CPL-000002", HASH, mistyped(1)]),
        ("VERSION_CODING", ["0000000A", "CPL-000005 (00000009)", "F1A1", "ESME"]),
        ("VERSION_LOOKS_DECIMAL", ["00131585", "00020201", "CPL-000001 (000202FF)"]),
        ("HASH_OF_WHOLE_FILE", [IMAGE_INSIDE]),
        ("CERTIFICATE_LAPSED", ["2026-11-19"]),
        ("CERTIFICATE_NOT_NAMED", ["2099-01-31"]),
        ("CERTIFICATE_MISSING", ["CPA"]),
        ("CERTIFICATE_WITHOUT_DATE", ["CPA-1"]),
        ("CERTIFICATE_DATES_DIFFER", ["CPA-1", "2099-01-31", "CPL-000002 (renewal 2026-11-21)"]),
        ("SPECIFICATION_UNKNOWN", ["None is named"]),
        ("SPECIFICATION_ENDED", ["SMETS 4.2", "2026-11-19"]),
        ("GBCS_UNKNOWN", ["None is named"]),
        ("GBCS_ENDED", ["GBCS 1.0", "2018-05-07"]),
        ("SPREADSHEET_DAMAGE", ["cpa_certificate_id", "1E+05"]),
        ("MAKER_NAMED_TWICE", ["F1A1", "Fine Meters", "FINE METERS"]),
    ],
)
def test_a_finding_names_what_breaks_the_rule(code: str, told: list[str]) -> None:
    (finding,) = findings(*BROKEN[code][0])

    assert [word for word in told if word not in finding.particulars] == []
    assert finding.particulars[0].isupper() or finding.particulars[0].isalnum()
    assert finding.particulars.endswith(".")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("new", "No version of SMETS can be read in ‘new’."),
        ("V5.9", "‘V5.9’ names SMETS 5.9, which the catalogue does not hold."),
        ("CHTS V1.3", "‘CHTS V1.3’ names CHTS; a version of SMETS is wanted."),
    ],
)
def test_it_is_said_why_a_specification_is_not_known(said: str, told: str) -> None:
    (finding,) = findings(row(1, smets_chts_version=said))

    assert finding.particulars == told


@pytest.mark.parametrize(
    ("line", "field", "told"),
    [
        (row(1, **UNCERTIFIED, dlms_certificate_id=""), "cpa_certificate_id", "CPA and DLMS"),
        (row(1, zigbee_certificate_id=""), "zigbee_certificate_id", "ZigBee"),
        (row(1, esme_variant="TRUE"), "esme_variant", "esme_variant holds ‘TRUE’"),
        (row(1, status="REMOVED", removal_reason="#N/A"), "removal_reason", "#N/A"),
    ],
)
def test_a_finding_of_several_columns_stands_beside_the_first(
    line: SheetRow, field: str, told: str
) -> None:
    (finding,) = findings(line)

    assert finding.field == field
    assert told in finding.particulars


def test_five_entries_are_named_first_listed_first_and_that_there_are_more() -> None:
    twins = [same_image(n, firmware_version="00000001") for n in range(9, 1, -1)]

    (five,) = findings(row(), *twins[-5:])
    (more,) = findings(row(), *twins)

    named = "CPL-000002, CPL-000003, CPL-000004, CPL-000005, CPL-000006"
    assert five.particulars == f"00010101 with 00000001 is listed as {named} too."
    assert more.particulars == f"00010101 with 00000001 is listed as {named} and others too."


def test_that_there_are_more_is_told_of_a_line_that_was_listed_with_them() -> None:
    listed = [row(n, firmware_version="00000001", manufacturer_image_hash=make.image_hash(2))
              for n in range(1, 8)]  # fmt: skip

    (told,) = findings_of(
        row(1, manufacturer_image_hash=HASH), ListIndex(listed), CATALOGUE, TODAY, {}
    )

    assert "CPL-000006" in told.particulars
    assert "CPL-000007" not in told.particulars
    assert told.particulars.endswith(" and others.")


def test_a_placeholder_under_half_the_list_hides_no_rival() -> None:
    others = [same_image(n, firmware_version="00000001") for n in range(2, 40)]
    rival = row(99, firmware_version="00000001")

    assert "TWO_HASHES" in codes(row(), *others, rival)
    assert codes(rival, row(), *others) == ["TWO_HASHES"]


def test_of_two_spellings_the_rarer_is_asked_to_change() -> None:
    usual, rare = [row(1), row(2)], row(3, manufacturer_name="Fine Meters Ltd.")

    assert codes(rare, *usual) == ["MAKER_NAMED_TWICE"]
    assert codes(usual[0], usual[1], rare) == []


def test_every_fault_of_a_line_is_told_at_once() -> None:
    worst = row(
        1, manufacturer_image_hash=WHOLE_FILE, cpa_certificate_id="", cpa_renewal_date=YESTERDAY,
        dlms_certificate_id="", smets_chts_version="4.2", gbcs_version="1E+05",
    )  # fmt: skip

    assert codes(worst) == [
        "HASH_OF_WHOLE_FILE", "CERTIFICATE_LAPSED", "CERTIFICATE_NOT_NAMED", "CERTIFICATE_MISSING",
        "SPECIFICATION_ENDED", "GBCS_UNKNOWN", "SPREADSHEET_DAMAGE",
    ]  # fmt: skip


def to_come(**changes: Any) -> Any:
    """A release that is not listed yet."""
    return row(10, cpl_entry_id="", date_added=TODAY, **changes)


def test_a_release_to_come_is_judged_against_the_list() -> None:
    def judged(line: Line, *listed: Line) -> list[str]:
        found = findings_of(line, ListIndex(listed), CATALOGUE, TODAY, {})
        return [finding.code for finding in found]

    today = [replace(one, date_added=TODAY) for one in DECIMALS]
    assert judged(to_come(), row()) == []
    assert judged(to_come(), *today) == ["VERSION_CODING"]
    assert judged(to_come(manufacturer_image_hash=HASH), row()) == ["ONE_IMAGE_TWO_VERSIONS"]
    assert judged(to_come(firmware_version="00000001"), row()) == ["TWO_HASHES"]
    assert judged(to_come(manufacturer_name="FINE METERS"), row()) == ["MAKER_NAMED_TWICE"]


def test_a_line_in_another_wording_is_not_its_own_rival() -> None:
    corrected = row(1, manufacturer_image_hash=mistyped(2), cpa_renewal_date=TOMORROW)

    assert findings_of(corrected, ListIndex([row()]), CATALOGUE, TODAY, {}) == []


@pytest.mark.parametrize("unsaid", [c for c in COLUMNS if c not in ("cpl_entry_id", "status")])
def test_what_was_not_said_breaks_no_rule(unsaid: str) -> None:
    line: Any = replace(to_come(firmware_version="00000008"), **{unsaid: None})

    told = set(codes(line, row(2), row(3), same_image(4, device_type="GSME")))

    # A certificate without any date is a finding of its own.
    assert told <= {"CERTIFICATE_WITHOUT_DATE"}


def test_a_line_of_which_nothing_is_known_breaks_no_rule() -> None:
    nothing: dict[str, Any] = {c: None for c in COLUMNS if c not in ("cpl_entry_id", "status")}
    line = replace(row(), **nothing)

    assert findings_of(line, ListIndex([row(2), row(3)]), CATALOGUE, TODAY, {}) == []


def test_the_whole_list_is_judged_line_by_line() -> None:
    sheet = [row(), same_image(2), row(3)]

    found = findings_of_list(sheet, CATALOGUE, TODAY, {})

    assert list(found) == ["CPL-000001", "CPL-000002"]
    assert [finding.code for finding in found["CPL-000002"]] == ["ONE_IMAGE_TWO_VERSIONS"]


@pytest.mark.django_db
def test_the_list_as_it_is_kept_is_judged_as_the_sheet_it_came_from() -> None:
    sheet = [row(), same_image(2), row(3, cpa_renewal_date=YESTERDAY), row(4, gbcs_version="")]
    make.listed(*sheet)

    kept = findings_of_list(list(listed_entries()), CATALOGUE, TODAY, {})

    assert kept == findings_of_list(sheet, CATALOGUE, TODAY, {})
    assert len(kept) == 4
