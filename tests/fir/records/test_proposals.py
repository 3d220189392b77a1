"""Removing, relisting, waiving: one proposes, another confirms, and nothing is told before."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Exists

from cpl.models import CPLEntry, ListedEntry, StatusChange
from cpl.operations import lock_list
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties.models import User
from fir.parties.operations import issue_key, operator
from fir.parties.queries import actor_of_key
from fir.records.list_queries import (
    find_proposal,
    proposals,
    standing_waivers,
    waiting_proposals_of,
)
from fir.records.models import CONFIRMED, DROPPED, WAITING, Proposal, QualityFinding
from fir.records.proposals import (
    AlreadyProposed,
    AlreadyRemoved,
    AlreadyWaived,
    NoSuchFinding,
    NotRemoved,
    NotWaivable,
    ProposalAlreadyDecided,
    ProposedBySameEyes,
    ReasonRefused,
    confirm_proposal,
    drop_proposal,
    propose_relisting,
    propose_removal,
    propose_waiver,
)
from fir.records.reconciling import reconcile_list
from tests import make
from tests.fir.submissions.at_once import at_once, elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from fir.parties.models import Actor, Party

ENTRY = "CPL-000001"
REASON = "Withdrawn by its maker."
TODAY = make.AT.date()


@pytest.fixture
def keeper() -> Party:
    make.listed(make.row(1), make.row(2))
    return make.administrator()


@pytest.fixture
def ann(keeper: Party) -> Actor:
    return person_of(keeper, "ann@administrator.invalid")


@pytest.fixture
def bob(keeper: Party) -> Actor:
    return person_of(keeper, "bob@administrator.invalid")


def person_of(party: Party, email: str) -> Actor:
    """A person acting for a Party, by a key made for it."""
    person = make.person(party, email)
    made = issue_key(party=party, name=email, by=operator(), at=make.AT, person=person)
    actor = actor_of_key(made)
    assert actor is not None
    return actor


def removal(by: Actor, entry: str = ENTRY, reason: str = REASON) -> Proposal:
    return propose_removal(cpl_entry_id=entry, reason=reason, by=by, at=make.AT)


def relisting(by: Actor, entry: str = ENTRY, reason: str = "Removed by mistake.") -> Proposal:
    return propose_relisting(cpl_entry_id=entry, reason=reason, by=by, at=make.AT)


def waiver(by: Actor, code: str = "LISTED_TWICE", reason: str = "Agreed with both.") -> Proposal:
    return propose_waiver(cpl_entry_id=ENTRY, code=code, reason=reason, by=by, at=make.AT)


def finding(severity: str = "WAIVABLE", particulars: str = "Also CPL-000002.") -> QualityFinding:
    return QualityFinding.objects.create(
        entry=CPLEntry.objects.get(cpl_entry_id=ENTRY),
        code="LISTED_TWICE",
        severity=severity,
        field="firmware_version",
        particulars=particulars,
        about="firmware_version: 00000001",
        found_at=make.AT,
    )


def confirm(proposal: Proposal, by: Actor) -> Proposal:
    return confirm_proposal(proposal_id=proposal.pk, by=by, at=make.AT)


def drop(proposal: Proposal, by: Actor) -> Proposal:
    return drop_proposal(proposal_id=proposal.pk, by=by, at=make.AT)


def status(entry: str = ENTRY) -> str:
    return ListedEntry.objects.get(cpl_entry_id=entry).status


def imported_as(state: str) -> None:
    """A sheet says so of the entry, whatever anybody proposed."""
    gone = make.row(1, status="REMOVED", date_removed=TODAY, removal_reason=REASON)
    rows = [gone if state == "REMOVED" else make.row(1)]
    reconcile_list(rows=rows, by=operator(), at=make.AT)


# What comes about


@pytest.mark.django_db
def test_a_removal_is_a_further_row_once_another_person_confirms_it(ann: Actor, bob: Actor) -> None:
    head = last_seq()
    proposal = removal(ann, reason="  Withdrawn\n by its maker. ")
    assert (status(), last_seq()) == ("CURRENT", head)  # nothing is published yet

    confirm(proposal, bob)

    entry = ListedEntry.objects.get(cpl_entry_id=ENTRY)
    assert (entry.status, entry.date_removed) == ("REMOVED", TODAY)
    assert entry.removal_reason == "Withdrawn by its maker."
    (event,) = LedgerEvent.objects.filter(seq__gt=head)
    assert (event.kind, event.subject_id, event.by_actor) == (
        "CPL_ENTRY_REMOVED",
        ENTRY,
        bob.actor_id,
    )
    assert payload_of(event) == {
        "cpl_entry_id": ENTRY,
        "date_removed": TODAY.isoformat(),
        "reason": "Withdrawn by its maker.",
        "proposed_by": str(ann.actor_id),
        "import_id": None,
    }
    assert event.audience == ["everyone"]


@pytest.mark.django_db
def test_what_was_removed_by_mistake_is_relisted_by_another_row(ann: Actor, bob: Actor) -> None:
    confirm(removal(ann), bob)

    confirm(relisting(bob), ann)

    assert status() == "CURRENT"
    assert list(StatusChange.objects.order_by("id").values_list("status", "reason")) == [
        ("REMOVED", "Withdrawn by its maker."),
        ("CURRENT", "Removed by mistake."),
    ]
    event = LedgerEvent.objects.latest("seq")
    assert event.kind == "CPL_ENTRY_RELISTED"
    assert payload_of(event) == {
        "cpl_entry_id": ENTRY,
        "date_relisted": TODAY.isoformat(),
        "reason": "Removed by mistake.",
        "proposed_by": str(bob.actor_id),
        "import_id": None,
    }


@pytest.mark.django_db
def test_a_waiver_holds_for_what_the_entry_says_whatever_its_neighbours_say_later(
    ann: Actor, bob: Actor
) -> None:
    found = finding()
    proposal = waiver(ann)
    waived = QualityFinding.objects.annotate(is_waived=Exists(standing_waivers()))
    assert not waived.get().is_waived

    confirm(proposal, bob)

    assert waived.get().is_waived
    event = LedgerEvent.objects.latest("seq")
    assert (event.kind, payload_of(event)) == (
        "QUALITY_FINDING_WAIVED",
        {
            "cpl_entry_id": ENTRY,
            "code": "LISTED_TWICE",
            "particulars": "Also CPL-000002.",
            "reason": "Agreed with both.",
            "proposed_by": str(ann.actor_id),
        },
    )
    found.particulars = "Also CPL-000003."
    found.save()
    assert waived.get().is_waived
    found.about = "firmware_version: 00000002"
    found.save()
    assert not waived.get().is_waived
    assert waiver(ann).particulars == "Also CPL-000003."


@pytest.mark.django_db
def test_a_waiver_of_one_entry_waives_nothing_of_another(ann: Actor, bob: Actor) -> None:
    found = finding()
    confirm(waiver(ann), bob)
    found.pk, found.entry = None, CPLEntry.objects.get(cpl_entry_id="CPL-000002")
    found.save(force_insert=True)

    waived = QualityFinding.objects.annotate(is_waived=Exists(standing_waivers()))

    assert dict(waived.values_list("entry__cpl_entry_id", "is_waived")) == {
        ENTRY: True,
        "CPL-000002": False,
    }


@pytest.mark.django_db
def test_whoever_proposed_may_drop_it_and_propose_it_anew(ann: Actor, bob: Actor) -> None:
    head = last_seq()

    dropped = drop(removal(ann), ann)
    again = drop(removal(ann), bob)

    assert [dropped.state, again.state] == [DROPPED, DROPPED]
    assert again.decided_by == bob.actor_id
    assert (status(), last_seq()) == ("CURRENT", head)
    assert removal(ann).state == WAITING


# What is refused


@pytest.mark.django_db
@pytest.mark.parametrize("propose", [removal, relisting])
def test_an_entry_that_is_not_listed_is_refused(
    ann: Actor, propose: Callable[..., Proposal]
) -> None:
    with pytest.raises(CPLEntry.DoesNotExist):
        propose(ann, "CPL-999999")
    with pytest.raises(CPLEntry.DoesNotExist):
        propose_waiver(cpl_entry_id="CPL-999999", code="X", reason="y", by=ann, at=make.AT)


@pytest.mark.django_db
def test_only_what_is_current_is_removed_and_only_what_is_removed_relisted(
    ann: Actor, bob: Actor
) -> None:
    with pytest.raises(NotRemoved, match=r"CPL-000001 is Current"):
        relisting(ann)
    confirm(removal(ann), bob)

    with pytest.raises(AlreadyRemoved, match=r"CPL-000001 is removed from the list already"):
        removal(ann)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "Say why"),
        (" \n\t ", "Say why"),
        ("x" * 501, "at most 500 characters"),
        ("with a\x00 control character", "U+0000"),
        ("with an invisible\u200b one", "U+200B"),
    ],
)
def test_a_reason_that_cannot_be_published_is_refused(ann: Actor, reason: str, said: str) -> None:
    finding()
    with pytest.raises(ReasonRefused) as refusal:
        removal(ann, reason=reason)
    assert said in str(refusal.value)
    with pytest.raises(ReasonRefused):
        waiver(ann, reason=reason)

    assert not Proposal.objects.exists()


@pytest.mark.django_db
def test_a_reason_may_be_as_long_as_it_is_kept(ann: Actor) -> None:
    assert len(removal(ann, reason="x" * 500).reason) == 500


@pytest.mark.django_db
def test_what_waits_already_is_not_proposed_twice(ann: Actor, bob: Actor) -> None:
    finding()
    removal(ann)
    waiver(ann)

    with pytest.raises(AlreadyProposed, match=r"A removal for CPL-000001 waits already"):
        removal(bob)
    with pytest.raises(AlreadyProposed, match=r"A waiver for CPL-000001 waits already"):
        waiver(bob)

    assert removal(bob, "CPL-000002").state == WAITING


@pytest.mark.django_db
def test_of_findings_only_those_that_stand_and_may_be_waived_are(ann: Actor, bob: Actor) -> None:
    with pytest.raises(NoSuchFinding, match="no finding LISTED_TWICE now"):
        waiver(ann)
    found = finding(severity="MUST_FIX")
    with pytest.raises(NotWaivable, match="has to be put right"):
        waiver(ann)
    found.severity = "WAIVABLE"
    found.save()
    with pytest.raises(NoSuchFinding):
        waiver(ann, code="SPREADSHEET_DAMAGE")
    confirm(waiver(ann), bob)

    with pytest.raises(AlreadyWaived, match="was waived before"):
        waiver(ann)


@pytest.mark.django_db
@pytest.mark.parametrize("later", [confirm, drop])
@pytest.mark.parametrize("first", [confirm, drop])
def test_what_was_decided_is_decided_for_good(
    ann: Actor, bob: Actor, first: Any, later: Any
) -> None:
    proposal = removal(ann)
    first(proposal, bob)
    head = last_seq()

    with pytest.raises(ProposalAlreadyDecided, match="was decided before"):
        later(proposal, bob)

    assert last_seq() == head


@pytest.mark.django_db
@pytest.mark.parametrize("decide", [confirm_proposal, drop_proposal])
def test_an_unknown_proposal_is_none(ann: Actor, decide: Any) -> None:
    with pytest.raises(Proposal.DoesNotExist):
        decide(proposal_id=uuid.uuid4(), by=ann, at=make.AT)


# Two pairs of eyes


@pytest.mark.django_db
def test_whoever_proposed_does_not_confirm(ann: Actor, keeper: Party) -> None:
    proposal = removal(ann)
    by_hand = person_of_same(ann, keeper)

    for actor in (ann, by_hand):
        with pytest.raises(ProposedBySameEyes, match="another person must"):
            confirm(proposal, actor)

    assert (status(), proposals().get().state) == ("CURRENT", WAITING)


def person_of_same(actor: Actor, party: Party) -> Actor:
    """The same person by another key."""
    person = User.objects.get(actor_id=actor.answerable)
    made = issue_key(party=party, name="another", by=operator(), at=make.AT, person=person)
    found = actor_of_key(made)
    assert found is not None
    return found


@pytest.mark.django_db
def test_a_partys_own_key_is_nobodys_second_pair_of_eyes(ann: Actor, keeper: Party) -> None:
    machine = make.actor(keeper)

    with pytest.raises(ProposedBySameEyes):
        confirm(removal(ann), machine)
    with pytest.raises(ProposedBySameEyes):
        confirm(removal(machine, "CPL-000002"), ann)


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["the same person", "the Party's key"])
def test_the_database_refuses_the_same_eyes_whatever_the_code_does(
    ann: Actor, keeper: Party, whose: str
) -> None:
    proposal = removal(ann)
    decider = ann.answerable if whose == "the same person" else keeper.actor_id
    sql = (
        "UPDATE records_proposal SET state = 'CONFIRMED', decided_at = now(), decided_by = %s, "
        "decided_answerable = %s, decided_party = %s WHERE id = %s"
    )

    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        connection.cursor().execute(sql, [decider, decider, keeper.actor_id, proposal.pk])


@pytest.mark.django_db
def test_the_database_refuses_a_row_that_one_person_made_and_confirmed(
    ann: Actor, keeper: Party
) -> None:
    proposal = removal(ann)
    twin = Proposal.objects.get(pk=proposal.pk)
    twin.pk, twin.state = uuid.uuid4(), CONFIRMED
    twin.decided_at, twin.decided_by = make.AT, ann.actor_id
    twin.decided_answerable, twin.decided_party = ann.answerable, keeper.actor_id

    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        twin.save(force_insert=True)


# What changes meanwhile


@pytest.mark.django_db
def test_a_removal_that_a_sheet_has_brought_about_meanwhile_is_not_confirmed(
    ann: Actor, bob: Actor
) -> None:
    proposal = removal(ann)
    imported_as("REMOVED")
    head = last_seq()

    with pytest.raises(AlreadyRemoved):
        confirm(proposal, bob)

    assert (last_seq(), StatusChange.objects.count()) == (head, 1)
    assert drop(proposal, bob).state == DROPPED


@pytest.mark.django_db
def test_a_relisting_that_a_sheet_has_brought_about_meanwhile_is_not_confirmed(
    ann: Actor, bob: Actor
) -> None:
    imported_as("REMOVED")
    proposal = relisting(ann)
    imported_as("CURRENT")

    with pytest.raises(NotRemoved):
        confirm(proposal, bob)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"about": "firmware_version: 00000002"}, {"severity": "MUST_FIX"}, None]
)
def test_a_waiver_whose_finding_changed_meanwhile_is_not_confirmed(
    ann: Actor, bob: Actor, change: dict[str, str] | None
) -> None:
    found = finding()
    proposal = waiver(ann)
    if change is None:
        found.delete()
    else:
        QualityFinding.objects.update(**change)
    head = last_seq()

    with pytest.raises(NoSuchFinding, match="no longer has the finding"):
        confirm(proposal, bob)

    assert last_seq() == head
    assert proposals().get().state == WAITING


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_does(ann: Actor, bob: Actor, keeper: Party) -> None:
    proposal = removal(ann)
    cat = person_of(keeper, "cat@administrator.invalid")

    answers = at_once(lambda: confirm(proposal, bob), lambda: confirm(proposal, cat))

    assert sorted(type(answer).__name__ for answer in answers) == [
        "Proposal",
        "ProposalAlreadyDecided",
    ]
    assert StatusChange.objects.count() == 1
    assert LedgerEvent.objects.filter(kind="CPL_ENTRY_REMOVED").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_propose_at_once_one_does(ann: Actor, bob: Actor) -> None:
    answers = at_once(lambda: removal(ann), lambda: removal(bob))

    assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyProposed", "Proposal"]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_confirmed_while_another_writes_the_list(ann: Actor, bob: Actor) -> None:
    proposal = removal(ann)

    def beside() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        confirm(proposal, bob)

    with transaction.atomic():
        lock_list()
        answer = elsewhere(beside)

    assert isinstance(answer, OperationalError)
    assert "lock timeout" in str(answer)
    assert (status(), confirm(proposal, bob).state) == ("CURRENT", CONFIRMED)


@pytest.mark.django_db(transaction=True)
def test_a_removal_confirmed_while_a_sheet_removes_the_entry_is_one_removal(
    ann: Actor, bob: Actor
) -> None:
    proposal = removal(ann)

    at_once(lambda: confirm(proposal, bob), lambda: imported_as("REMOVED"))

    assert status() == "REMOVED"
    assert StatusChange.objects.count() == 1


# Reads


@pytest.mark.django_db
def test_proposals_are_read_newest_first_by_state_and_by_entry(ann: Actor, bob: Actor) -> None:
    first = removal(ann)
    other = removal(ann, "CPL-000002")
    drop(other, bob)
    finding()
    second = propose_waiver(
        cpl_entry_id=ENTRY,
        code="LISTED_TWICE",
        reason="Agreed.",
        by=ann,
        at=make.AT.replace(hour=10),
    )

    assert next(iter(proposals())) == second
    assert list(proposals(state=WAITING)) == [second, first]
    assert list(waiting_proposals_of(ENTRY)) == [second, first]
    assert list(waiting_proposals_of("CPL-000002")) == []
    assert find_proposal(other.pk) == other
    assert find_proposal(uuid.uuid4()) is None
