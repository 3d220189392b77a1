"""A record's page: what a release is beyond the list, that it was corrected, and what its maker may
bring; and what the history says of all that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fir.submissions.operations import approve_submission, submit_firmware
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import text

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
FACTS = {
    "purposes": ["SECURITY", "REGULATORY"],
    "security_relevant": True,
    "interrupts_hub_power": True,
    "minimum_hardware_version": "0100",
    "maximum_hardware_version": "01FF",
    "image_size": 1234567,
    "end_of_support": "2036-01-31",
    "activation_advice": "Not in the evening.",
}


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def administrator() -> Party:
    return make.administrator()


def publish(maker: Party, administrator: Party, **said: Any) -> str:
    """The entry of what a maker brought and the Administrator approved."""
    submission = submit_firmware(said=said, by=make.actor(maker), at=make.AT).submission
    decider = make.actor(administrator)
    return approve_submission(submission_id=submission.pk, by=decider, at=make.AT).cpl_entry_id


def test_a_record_says_what_its_maker_said_of_the_release(
    maker: Party, administrator: Party
) -> None:
    entry = publish(maker, administrator, **make.release(1, **FACTS))

    page = text(signed_in(make.party("wires", "NETWORK_PARTY")).get(f"/firmware/{entry}"))

    assert "Why it was made SecurityThe Code or a specification" in page
    assert "Relevant to security Yes" in page
    assert "looks like a power outage (alert AD1, MP102)" in page
    assert "For the hardware 0100 to 01FF" in page
    assert "1,234,567 bytes" in page
    assert "End of support 31 January 2036" in page
    assert "Not in the evening." in page


def test_of_an_entry_from_before_nothing_is_made_up(maker: Party) -> None:
    make.listed(make.row(1))

    page = text(signed_in(maker).get("/firmware/CPL-000001"))

    assert "What its Manufacturer says of it" not in page
    assert "Complete this entry" in page
    assert "Correct this record" not in page


def test_a_corrected_record_says_so_and_its_history_what_was_changed(
    maker: Party, administrator: Party
) -> None:
    make.listed(make.row(7))
    named = {"predecessors": ["CPL-000007"]}
    entry = publish(maker, administrator, **make.release(1, **FACTS, **named))
    said = {**FACTS, "end_of_support": "2037-01-31", "purposes": ["DEFECT"]}
    about = {"kind": "CORRECTION", "of_entry": entry, "reason": "We erred."}

    publish(maker, administrator, **make.release(1, release_notes="Other.", **said, **about))

    page = text(signed_in(make.party()).get(f"/firmware/{entry}"))
    assert "Corrected: this record stands in the place of an earlier one, since" in page
    assert "since 20 November 2026. We erred." in page
    assert "Why it was made: A defect instead of Security, The Code or a specification." in page
    assert "End of support: 31 January 2037 instead of 31 January 2036." in page
    assert "Release notes: changed." in page
    assert "May be installed over: none (N/A) instead of CPL-000007." in page
    assert "Why: We erred." in page


def test_only_who_holds_the_identifier_is_offered_to_bring_something(
    maker: Party, administrator: Party
) -> None:
    entry = publish(maker, administrator, **make.release(1))
    dcc = make.party("dcc", "DCC", manufacturer_identifiers=["F1A2"])

    own = signed_in(maker).get(f"/firmware/{entry}").content.decode()
    others = [signed_in(one).get(f"/firmware/{entry}") for one in (dcc, make.party())]

    for kind in ("CORRECTION", "WITHDRAWAL"):
        assert f"/submissions/new?kind={kind}&amp;entry={entry}" in own
    assert "LEGACY_COMPLETION" not in own
    assert not any("Withdraw this release" in text(other) for other in others)


def test_what_was_withdrawn_is_not_offered_to_be_withdrawn(
    maker: Party, administrator: Party
) -> None:
    entry = publish(maker, administrator, **make.release(1))
    publish(maker, administrator, kind="WITHDRAWAL", of_entry=entry, reason="It fails.")

    page = text(signed_in(maker).get(f"/firmware/{entry}"))

    assert "“It fails.”" in page
    assert "Withdraw this release" not in page


def test_a_completion_that_does_not_know_the_pathway_says_so(
    maker: Party, administrator: Party
) -> None:
    make.listed(make.row(1))
    publish(maker, administrator, kind="LEGACY_COMPLETION", of_entry="CPL-000001")

    page = text(signed_in(maker).get("/firmware/CPL-000001"))

    assert "its Manufacturer could not say" in page
    assert "An entry from before the repository got its record (MP231)." in page
