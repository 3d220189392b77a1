"""Removals, waivers, archivals and the like in the portal: one proposes, another confirms."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from cpl.models import ListedEntry
from fir.parties.permissions import Permission
from fir.portal.kept import WELCOME_BACK
from fir.portal.views.proposals import TOO_LATE
from fir.records.models import CONFIRMED, DROPPED, WAITING, Proposal, RepositoryEntry
from fir.records.quality import assess_list
from tests import make
from tests.fir.portal.people import browser_of
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from fir.parties.models import Party

REASON = "Withdrawn by its maker."
ENTRY = "CPL-000001"
REMOVE = f"/cpl/{ENTRY}/remove"
WAIVE = f"/cpl/{ENTRY}/waive/GBCS_UNKNOWN"
ARCHIVE, RESTORE = f"/cpl/{ENTRY}/archive", f"/cpl/{ENTRY}/restore"
OLD = {"cause": "END_OF_SUPPORT", "reason": "Ten years old."}
RENEWED = "/cpl/CPL-000002/waive/CERTIFICATE_LAPSED"
pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Party:
    make.listed(
        make.row(1, gbcs_version="9.9"),
        make.row(2, cpa_renewal_date=date(2020, 1, 1)),
        make.row(3, status="REMOVED", date_removed=date(2024, 1, 1)),
    )
    assess_list(at=make.AT)
    return make.administrator()


@pytest.fixture
def ann(administrator: Party) -> Client:
    return browser_of(make.person(administrator, "ann@administrator.invalid"))


@pytest.fixture
def bob(administrator: Party) -> Client:
    return browser_of(make.person(administrator, "bob@administrator.invalid"))


def propose(browser: Client, address: str = REMOVE, reason: str = REASON, **more: str) -> str:
    """The address of what was proposed."""
    answer = browser.post(address, {"reason": reason, **more})
    assert answer.status_code == 302
    return str(answer["Location"])


def decide(browser: Client, address: str, action: str, **more: Any) -> Any:
    return browser.post(address, {"action": action}, **more)


def status_of(entry: str = ENTRY) -> str:
    return ListedEntry.objects.get(cpl_entry_id=entry).status


def test_a_removal_takes_two_people(ann: Client, bob: Client) -> None:
    address = propose(ann)
    assert status_of() == "CURRENT"

    answer = decide(bob, address, "confirm", follow=True)

    shown = text(answer)
    assert status_of() == "REMOVED"
    assert "Removal of CPL-000001 Confirmed" in shown
    assert "by ann@administrator.invalid" in shown
    assert "by bob@administrator.invalid" in shown
    assert REASON in text(Client().get(f"/cpl/{ENTRY}"))


def test_a_relisting_takes_two_people(ann: Client, bob: Client) -> None:
    address = propose(ann, "/cpl/CPL-000003/relist", "Removed by mistake.")

    decide(bob, address, "confirm")

    assert status_of("CPL-000003") == "CURRENT"


def test_a_waiver_takes_two_people_and_is_shown(ann: Client, bob: Client) -> None:
    assert "Propose a waiver of GBCS_UNKNOWN" in text(ann.get(f"/cpl/{ENTRY}"))
    address = propose(ann, WAIVE, "Known to the Panel.")

    decide(bob, address, "confirm")

    shown = text(ann.get(f"/cpl/{ENTRY}"))
    assert "The rule: The GBCS version" in shown.partition("Waived")[2]
    assert "Known to the Panel." in shown
    assert "Propose a waiver" not in shown


def is_archived() -> bool:
    return RepositoryEntry.objects.get(cpl_entry_id=ENTRY).archived_at is not None


def test_an_archival_takes_two_people_and_a_cause(ann: Client, bob: Client) -> None:
    assert "Propose archival" in text(ann.get(f"/cpl/{ENTRY}"))
    assert "Propose to archive CPL-000001" in text(ann.get(ARCHIVE))
    address = propose(ann, ARCHIVE, **OLD)
    assert not is_archived()
    shown = text(bob.get(address))
    assert "Archival of CPL-000001 Waiting" in shown
    assert "Why it is archived Nobody supports it any more." in shown
    assert "no release to go to any more" in shown
    assert "What is to be waived" not in shown
    assert "Archival Nobody" not in text(ann.get(f"/cpl/{ENTRY}"))
    assert "Archival is proposed" in text(ann.get(f"/cpl/{ENTRY}"))
    assert "Nobody supports it any more" in text(ann.get("/list/proposals"))

    answer = decide(bob, address, "confirm", follow=True)

    assert "Archival of CPL-000001 Confirmed" in text(answer)
    assert is_archived()
    entry = text(ann.get(f"/cpl/{ENTRY}"))
    assert "Propose restoration" in entry
    assert "Propose archival" not in entry


def test_a_restoration_takes_two_people(ann: Client, bob: Client) -> None:
    decide(bob, propose(ann, ARCHIVE, **OLD), "confirm")
    address = propose(ann, RESTORE, "It is supported after all.")
    assert "the release is taken up again" in text(bob.get(address))

    decide(bob, address, "confirm")

    assert not is_archived()


def test_whoever_proposes_an_archival_does_not_confirm_it(ann: Client) -> None:
    address = propose(ann, ARCHIVE, **OLD)

    assert decide(ann, address, "confirm").status_code == 403
    assert not is_archived()


@pytest.mark.parametrize("cause", ["", "BORED"])
def test_an_archival_without_a_cause_is_said_beside_it(ann: Client, cause: str) -> None:
    answer = ann.post(ARCHIVE, {"reason": REASON, "cause": cause})

    assert answer.status_code == 422
    assert errors(answer) == "Why is it archived?: Choose why it is to be archived."
    assert REASON in text(answer)
    assert not Proposal.objects.exists()


def test_an_archival_that_lost_its_sense_is_not_confirmed(ann: Client, bob: Client) -> None:
    first = propose(ann, ARCHIVE, **OLD)
    other = propose(ann, ARCHIVE, cause="REPLACED")
    decide(bob, first, "confirm")

    shown, answer = text(bob.get(other)), decide(bob, other, "confirm")

    assert "the release is archived already" in shown
    assert "Confirm it" not in shown
    assert answer.status_code == 409
    assert "lost its sense" in text(answer)


def test_an_archival_is_not_asked_for_twice(ann: Client, bob: Client) -> None:
    address = propose(ann, ARCHIVE, **OLD)

    again = bob.post(ARCHIVE, OLD)

    assert again.status_code == 409
    assert "An archival for CPL-000001 waits already" in errors(again)
    assert address in bob.get(ARCHIVE).content.decode()
    assert b"<textarea" not in bob.get(ARCHIVE).content
    decide(bob, address, "confirm")
    refused = ann.post(ARCHIVE, OLD)
    assert refused.status_code == 409
    assert "is archived already" in errors(refused)
    assert "It is archived already" in text(ann.get(ARCHIVE))


def test_whoever_proposed_is_not_offered_to_confirm_and_cannot(ann: Client) -> None:
    address = propose(ann)

    shown = text(ann.get(address))
    answer = decide(ann, address, "confirm")

    assert "another person must confirm it" in shown
    assert "Confirm it" not in shown
    assert answer.status_code == 403
    assert "Whoever proposed this does not confirm it" in text(answer)
    assert status_of() == "CURRENT"


def test_a_proposal_is_dropped_and_can_be_made_anew(ann: Client) -> None:
    address = propose(ann)

    shown = text(decide(ann, address, "drop", follow=True))

    assert "It was dropped: nothing comes of it." in shown
    assert Proposal.objects.get().state == DROPPED
    assert propose(ann) != address


def test_what_was_decided_before_is_said(ann: Client, bob: Client) -> None:
    address = propose(ann)
    decide(ann, address, "drop")

    answer = decide(bob, address, "confirm")

    assert answer.status_code == 409
    assert TOO_LATE in text(answer)
    assert "Dropped on" in text(answer)
    assert "Confirm it" not in text(answer)
    assert status_of() == "CURRENT"


def test_a_proposal_that_lost_its_sense_is_not_confirmed(ann: Client, bob: Client) -> None:
    address = propose(ann, WAIVE)
    ann.post(
        "/list/catalogue/versions/new", {"kind": "GBCS", "version": "9.9", "source": "GBCS v9.9."}
    )
    assess_list(at=make.AT)

    shown = text(bob.get(address))
    answer = decide(bob, address, "confirm")

    assert "Something else has happened since" in shown
    assert "Confirm it" not in shown
    assert answer.status_code == 409
    assert "lost its sense" in text(answer)
    assert Proposal.objects.get().state == WAITING
    assert decide(bob, address, "drop").status_code == 302


def test_an_unknown_action_decides_nothing(ann: Client, bob: Client) -> None:
    address = propose(ann)

    assert decide(bob, address, "explode").status_code == 400
    assert bob.post(address).status_code == 400
    assert Proposal.objects.get().state == WAITING


def test_a_proposal_that_there_is_not(ann: Client) -> None:
    address = "/list/proposals/00000000-0000-0000-0000-000000000001"

    assert ann.get(address).status_code == 404
    assert decide(ann, address, "drop").status_code == 404


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Say why"),
        ("  \n ", "Say why"),
        ("x" * 501, "501"),
        ("a\u202eb", "U+202E"),
        ("a\0b", "Null"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_said_beside_it(
    ann: Client, reason: str, sentence: str
) -> None:
    answer = ann.post(REMOVE, {"reason": reason})

    assert answer.status_code == 422
    assert errors(answer).startswith("Reason: ")
    assert sentence in errors(answer)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/cpl/CPL-000003/remove", "removed from the list already"),
        ("/cpl/CPL-000001/relist", "only a removed entry can be relisted"),
        (RESTORE, "only what is archived can be restored"),
        ("/cpl/CPL-000001/waive/TWO_HASHES", "there is nothing to waive"),
        (RENEWED, "it has to be put right"),
    ],
)
def test_what_cannot_be_proposed_is_said_and_the_reason_stays(
    ann: Client, address: str, sentence: str
) -> None:
    answer = ann.post(address, {"reason": REASON})

    assert answer.status_code == 409
    assert sentence in errors(answer)
    assert REASON in text(answer)
    assert not Proposal.objects.exists()
    assert b"<textarea" not in ann.get(address).content  # nothing to be typed for nothing


def test_the_same_is_not_proposed_twice(ann: Client, bob: Client) -> None:
    address = propose(ann)

    again = bob.post(REMOVE, {"reason": "As well."})

    assert again.status_code == 409
    assert "waits already" in errors(again)
    assert address in again.content.decode()
    assert address in bob.get(REMOVE).content.decode()
    assert address in bob.get(f"/cpl/{ENTRY}").content.decode()


def test_a_finding_waived_before_is_not_waived_again(ann: Client, bob: Client) -> None:
    decide(bob, propose(ann, WAIVE), "confirm")

    answer = ann.post(WAIVE, {"reason": REASON})

    assert answer.status_code == 409
    assert "was waived before" in errors(answer)


@pytest.mark.parametrize(
    "address",
    [
        "/cpl/CPL-999999/remove",
        "/cpl/CPL-999999/archive",
        "/cpl/no%20id/relist",
        "/cpl/CPL-000001/waive/TOASTER",
    ],
)
def test_an_entry_or_rule_that_there_is_not(ann: Client, address: str) -> None:
    assert ann.get(address).status_code == 404
    assert ann.post(address, {"reason": REASON}).status_code == 404


def test_what_may_be_proposed_is_offered_to_whoever_may(ann: Client, administrator: Party) -> None:
    reader = browser_of(
        make.person(administrator, "eve@administrator.invalid", [Permission.VIEW_RECORDS])
    )

    assert "Propose removal" in text(ann.get(f"/cpl/{ENTRY}"))
    assert "Propose relisting" in text(ann.get("/cpl/CPL-000003"))
    assert "Propose" not in text(reader.get(f"/cpl/{ENTRY}"))
    assert "Propose" not in text(Client().get(f"/cpl/{ENTRY}"))
    assert "Propose a waiver" not in text(ann.get("/cpl/CPL-000002"))


def test_what_must_be_fixed_is_not_offered_to_be_waived(ann: Client) -> None:
    shown = text(ann.get("/cpl/CPL-000002"))

    assert "Must be fixed" in shown
    assert "waiver" not in shown


def test_somebody_elsewhere_is_not_named(ann: Client) -> None:
    address = propose(ann)
    other = make.party("other-administrator", "ADMINISTRATOR")

    shown = text(browser_of(make.person(other)).get(address))

    assert "by somebody at the Administrator" in shown
    assert "ann@administrator.invalid" not in shown


def test_proposals_that_wait_stand_first_and_are_narrowed(ann: Client, bob: Client) -> None:
    waiting = propose(ann)
    confirmed = propose(ann, "/cpl/CPL-000003/relist")
    decide(bob, confirmed, "confirm")

    shown = text(ann.get("/list/proposals"))

    assert shown.index("CPL-000001") < shown.index("CPL-000003")
    assert Proposal.objects.filter(state=CONFIRMED).count() == 1
    only = ann.get("/list/proposals?state=WAITING", headers={"HX-Request": "true"}).content.decode()
    assert waiting in only
    assert confirmed not in only
    assert "Nothing fits" in text(ann.get("/list/proposals?state=DROPPED"))


def test_the_reason_outlasts_a_session(administrator: Party) -> None:
    person = make.person(administrator)
    stranger = Client()
    stranger.post(REMOVE, {"reason": REASON, "acting_for": administrator.slug})
    stranger.post("/account/sign-in", {"login": person.email, "password": make.PASSWORD})

    answer = stranger.get(REMOVE)

    assert WELCOME_BACK in text(answer)
    assert REASON in text(answer)
    assert not Proposal.objects.exists()
