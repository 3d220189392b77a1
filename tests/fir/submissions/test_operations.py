"""Bringing a release and deciding it: all of it or nothing, and never by the same eyes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction

from cpl.models import CPLEntry, EntryRevision
from cpl.queries import listed_entries
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.parties.models import Actor, User
from fir.parties.operations import issue_key, operator
from fir.parties.queries import actor_of_key
from fir.records.models import FirmwareRecord, HubCapability, UpgradePathway
from fir.submissions.judging import check_release
from fir.submissions.models import Decision, Submission
from fir.submissions.operations import (
    NotYourManufacturer,
    ReasonNeeded,
    SameEyes,
    SubmissionAlreadyDecided,
    SubmissionRefused,
    approve_submission,
    bringing,
    close_submission,
    deciding,
    publishing,
    return_submission,
)
from tests import make
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from fir.parties.models import Party

PUBLISHED_TABLES = (CPLEntry, EntryRevision, FirmwareRecord, UpgradePathway, HubCapability)
TURN_DOWN = {"RETURNED": return_submission, "CLOSED": close_submission}


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def decider() -> Actor:
    return make.actor(make.administrator())


def person_of(party: Party, person: User) -> Actor:
    """A person acting for a Party, by a key made for it."""
    key = issue_key(party=party, name="own", by=operator(), at=make.AT, person=person)
    actor = actor_of_key(key)
    assert actor is not None
    return actor


def person(email: str) -> User:
    return User.objects.create(email=email)


def events() -> list[str]:
    """The kinds of all events but those of the test's own preparations."""
    kinds = LedgerEvent.objects.order_by("seq").values_list("kind", flat=True)
    return [kind for kind in kinds if kind not in ("PARTY_ADMITTED", "GRANT_CHANGED")]


def kept() -> list[int]:
    """How much stands in every table that an approval writes."""
    tables = (*PUBLISHED_TABLES, Decision, LedgerEvent)
    return [table.objects.count() for table in tables]


def faults_of(call: Callable[[], Any]) -> dict[str, str]:
    """Field by code of a refusal's faults."""
    with pytest.raises(SubmissionRefused) as refusal:
        call()
    return {fault.code: fault.field for fault in refusal.value.faults}


# Bringing


@pytest.mark.django_db
def test_a_release_waits_in_the_queue_and_its_party_and_the_administrator_hear_of_it(
    maker: Actor,
) -> None:
    submission = make.submitted(maker)

    assert (submission.state, submission.party) == ("SUBMITTED", maker.party)
    assert submission.submitted_by == maker.actor_id
    event = LedgerEvent.objects.get(kind="SUBMISSION_RECEIVED")
    assert event.subject_id == str(submission.pk)
    assert event.audience == ["category:ADMINISTRATOR", "party:fine-meters"]


@pytest.mark.django_db
def test_every_fault_of_form_and_every_broken_rule_comes_in_one_answer(maker: Actor) -> None:
    make.listed(make.row(1, device_type="GSME", manufacturer_image_hash=make.image_hash(9)))
    before = kept()

    faults = faults_of(
        lambda: make.submitted(
            maker,
            firmware_version="123",
            gbcs_version="",
            surprise=1,
            cpa_renewal_date="2020-01-31",
            predecessors=["CPL-000001", "CPL-999999"],
        )
    )

    assert faults == {
        "FIELD_UNKNOWN": "surprise",
        "WRONG_LENGTH": "firmware_version",
        "FIELD_MISSING": "gbcs_version",
        "HASH_OF_ANOTHER": "manufacturer_image_hash",
        "PREDECESSOR_NOT_LISTED": "predecessors",
        "PREDECESSOR_OF_ANOTHER_FAMILY": "predecessors",
        "CERTIFICATE_LAPSED": "cpa_certificate_id",
    }
    assert kept() == before
    assert not Submission.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["00000009", "not a version"])
def test_nobody_brings_under_an_identifier_it_does_not_hold(maker: Actor, version: str) -> None:
    make.maker("other-meters", "F1A2")

    with pytest.raises(NotYourManufacturer):
        make.submitted(maker, manufacturer_identifier="F1A2", firmware_version=version)

    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_any_party_that_holds_the_identifier_may_bring_for_it() -> None:
    dcc = make.party("dcc", "DCC", manufacturer_identifiers=[make.MAKER])

    assert make.submitted(make.actor(dcc)).party == dcc


@pytest.mark.django_db
def test_the_same_release_waits_once(maker: Actor) -> None:
    make.submitted(maker)

    again = faults_of(lambda: make.submitted(maker))

    assert again == {"WAITING_ALREADY": "firmware_version"}
    assert Submission.objects.count() == 1


@pytest.mark.django_db
def test_a_release_that_went_back_may_come_again(maker: Actor, decider: Actor) -> None:
    first = make.submitted(maker)
    return_submission(submission_id=first.pk, reason="Name the hash.", by=decider, at=make.AT)

    second = make.submitted(maker)

    assert second.state == "SUBMITTED"


@pytest.mark.django_db
def test_a_rival_that_slips_in_behind_the_rules_is_met_by_the_constraint(maker: Actor) -> None:
    claim, _ = check_release(make.release(), today=make.AT.date())
    make.submitted(maker)

    with pytest.raises(IntegrityError, match="submissions_waiting_once"), transaction.atomic():
        bringing.keep_claim(claim, by=maker, at=make.AT)

    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_identical_submissions_at_once_one_is_refused_by_the_rule(maker: Actor) -> None:
    answers = at_once(*[lambda: make.submitted(maker)] * 3)

    refused = [a for a in answers if isinstance(a, SubmissionRefused)]
    assert len([a for a in answers if isinstance(a, Submission)]) == 1
    assert [[f.code for f in r.faults] for r in refused] == [["WAITING_ALREADY"]] * 2
    assert Submission.objects.count() == 1
    assert events() == ["SUBMISSION_RECEIVED"]


# Deciding


@pytest.mark.django_db
def test_an_approval_lists_publishes_decides_and_tells(maker: Actor, decider: Actor) -> None:
    make.listed(make.row(1), make.row(2))
    submission = make.submitted(maker, predecessors=["CPL-000001", "CPL-000002"])

    approve_submission(submission_id=submission.pk, reason="In order.", by=decider, at=make.AT)

    submission.refresh_from_db()
    assert (submission.state, submission.cpl_entry_id) == ("PUBLISHED", "CPL-000003")
    entry = listed_entries().get(cpl_entry_id="CPL-000003")
    said = make.release(9)
    for name in ("device_model", "firmware_version", "manufacturer_image_hash", "gbcs_version",
                 "smets_chts_version", "esme_variant", "cpa_certificate_id"):  # fmt: skip
        assert getattr(entry, name) == said[name]
    assert (entry.status, entry.date_added) == ("CURRENT", make.AT.date())
    record = FirmwareRecord.objects.get(entry_id=entry.entry_id)
    assert (record.pathway, record.submission_id) == ("NAMED", submission.pk)
    steps = record.steps.values_list("predecessor__cpl_entry_id", flat=True)
    assert sorted(steps) == ["CPL-000001", "CPL-000002"]
    decision = Decision.objects.get(submission=submission)
    assert (decision.decision, decision.reason) == ("APPROVE", "In order.")
    assert events()[-3:] == ["SUBMISSION_APPROVED", "CPL_ENTRY_LISTED", "FIRMWARE_PUBLISHED"]
    published = LedgerEvent.objects.get(kind="FIRMWARE_PUBLISHED")
    told = payload_of(published)
    assert {name: told[name] for name in said if name != "predecessors"} == {
        name: value for name, value in said.items() if name != "predecessors"
    }
    assert told["predecessors"] == ["CPL-000001", "CPL-000002"]
    assert "party:fine-meters" in published.audience


@pytest.mark.django_db
def test_not_applicable_is_published_as_a_declared_pathway(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, predecessors="N/A")

    assert FirmwareRecord.objects.get().pathway == "NONE"


@pytest.mark.django_db
def test_a_hubs_capability_is_published_with_it(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, device_type="CHF", carries_updates=False)

    assert HubCapability.objects.get().carries_updates is False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "broken"),
    [(deciding, "append_events"), (publishing, "publish_release"), (deciding, "_decide")],
)
def test_an_approval_that_fails_anywhere_leaves_nothing(
    maker: Actor, decider: Actor, monkeypatch: pytest.MonkeyPatch, where: Any, broken: str
) -> None:
    submission = make.submitted(maker, device_type="CHF", carries_updates=True)
    before = kept()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(where, broken, fail)
    with pytest.raises(RuntimeError):
        approve_submission(submission_id=submission.pk, by=decider, at=make.AT)

    submission.refresh_from_db()
    assert (submission.state, submission.cpl_entry_id) == ("SUBMITTED", "")
    assert kept() == before
    monkeypatch.undo()
    assert approve_submission(submission_id=submission.pk, by=decider, at=make.AT).cpl_entry_id


@pytest.mark.django_db
def test_the_rules_are_asked_again_at_approval(maker: Actor, decider: Actor) -> None:
    submission = make.submitted(maker, 9)
    make.listed(make.row(9))  # an import lists the same version meanwhile
    before = kept()

    faults = faults_of(
        lambda: approve_submission(submission_id=submission.pk, by=decider, at=make.AT)
    )

    assert faults == {"LISTED_ALREADY": "firmware_version"}
    assert kept() == before
    submission.refresh_from_db()
    assert submission.state == "SUBMITTED"


@pytest.mark.django_db
def test_a_hash_that_another_maker_published_meanwhile_stops_the_approval(decider: Actor) -> None:
    first = make.submitted(make.actor(make.maker()), 9)
    other = make.actor(make.maker("other-meters", "F1A2"))
    second = make.submitted(other, 9, manufacturer_identifier="F1A2")
    approve_submission(submission_id=first.pk, by=decider, at=make.AT)

    faults = faults_of(lambda: approve_submission(submission_id=second.pk, by=decider, at=make.AT))

    assert faults == {"HASH_OF_ANOTHER": "manufacturer_image_hash"}


@pytest.mark.django_db
def test_the_administrator_may_name_the_entry(maker: Actor, decider: Actor) -> None:
    submission = make.submitted(maker)

    approve_submission(
        submission_id=submission.pk, by=decider, at=make.AT, cpl_entry_id=" esme-77 "
    )

    submission.refresh_from_db()
    assert submission.cpl_entry_id == "ESME-77"
    assert CPLEntry.objects.get().cpl_entry_id == "ESME-77"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("named", "code"), [("CPL-000001", "ENTRY_ID_TAKEN"), ("no id", "BAD_CPL_ENTRY_ID")]
)
def test_an_entry_id_that_will_not_do_is_refused_and_nothing_is_kept(
    maker: Actor, decider: Actor, named: str, code: str
) -> None:
    make.listed(make.row(1))
    submission = make.submitted(maker)
    before = kept()

    faults = faults_of(
        lambda: approve_submission(
            submission_id=submission.pk, by=decider, at=make.AT, cpl_entry_id=named
        )
    )

    assert faults == {code: "cpl_entry_id"}
    assert kept() == before


@pytest.mark.django_db
@pytest.mark.parametrize("state", TURN_DOWN)
def test_turning_down_says_why_and_publishes_nothing(
    maker: Actor, decider: Actor, state: str
) -> None:
    submission = make.submitted(maker)

    TURN_DOWN[state](submission_id=submission.pk, reason="Wrong.", by=decider, at=make.AT)

    submission.refresh_from_db()
    assert submission.state == state
    assert Decision.objects.get().reason == "Wrong."
    assert events() == ["SUBMISSION_RECEIVED", f"SUBMISSION_{state}"]
    assert not any(table.objects.exists() for table in PUBLISHED_TABLES)


@pytest.mark.django_db
@pytest.mark.parametrize("state", TURN_DOWN)
@pytest.mark.parametrize("reason", ["", "  \n\t"])
def test_turning_down_needs_a_reason(maker: Actor, decider: Actor, state: str, reason: str) -> None:
    submission = make.submitted(maker)

    with pytest.raises(ReasonNeeded):
        TURN_DOWN[state](submission_id=submission.pk, reason=reason, by=decider, at=make.AT)

    submission.refresh_from_db()
    assert submission.state == "SUBMITTED"
    assert not Decision.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["a\x00b", "\ud800", "\u202eko"])
@pytest.mark.parametrize("decide", [approve_submission, return_submission, close_submission])
def test_a_reason_that_cannot_be_written_down_is_refused_in_words(
    maker: Actor, decider: Actor, decide: Callable[..., Any], reason: str
) -> None:
    submission = make.submitted(maker)

    faults = faults_of(
        lambda: decide(submission_id=submission.pk, reason=reason, by=decider, at=make.AT)
    )

    assert faults == {"CONTROL_CHARACTER": "reason"}
    assert not Decision.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("first", [approve_submission, return_submission, close_submission])
@pytest.mark.parametrize("second", [approve_submission, return_submission, close_submission])
def test_what_was_decided_is_decided(
    maker: Actor, decider: Actor, first: Callable[..., Any], second: Callable[..., Any]
) -> None:
    submission = make.submitted(maker)
    first(submission_id=submission.pk, reason="First.", by=decider, at=make.AT)
    before = kept()

    with pytest.raises(SubmissionAlreadyDecided):
        second(submission_id=submission.pk, reason="Second.", by=decider, at=make.AT)

    assert kept() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", [approve_submission, return_submission])
def test_of_two_who_decide_at_once_one_wins(
    maker: Actor, decider: Actor, other: Callable[..., Any]
) -> None:
    submission = make.submitted(maker)
    said: dict[str, Any] = {"submission_id": submission.pk, "reason": "Now.", "by": decider}
    said["at"] = make.AT

    answers = at_once(lambda: approve_submission(**said), lambda: other(**said))

    assert sorted(type(answer) is Submission for answer in answers) == [False, True]
    assert any(isinstance(answer, SubmissionAlreadyDecided) for answer in answers)
    assert Decision.objects.count() == 1
    submission.refresh_from_db()
    published = submission.state == "PUBLISHED"
    assert CPLEntry.objects.count() == FirmwareRecord.objects.count() == int(published)
    assert LedgerEvent.objects.filter(subject_id=submission.pk).count() == 2


@pytest.mark.django_db(transaction=True)
def test_approvals_at_once_never_share_an_entry_id(maker: Actor, decider: Actor) -> None:
    waiting = [make.submitted(maker, number) for number in range(1, 5)]

    def approve(one: Submission) -> Callable[[], str]:
        return lambda: approve_submission(submission_id=one.pk, by=decider, at=make.AT).cpl_entry_id

    answers = at_once(*map(approve, waiting))

    assert sorted(answers) == [f"CPL-{number:06d}" for number in range(1, 5)]


# Four eyes


@pytest.fixture
def judge_and_maker() -> Party:
    """The Administrator, which holds an identifier here and so may bring releases itself."""
    return make.party("administrator", "ADMINISTRATOR", manufacturer_identifiers=[make.MAKER])


def refused_as_same_eyes(submission: Submission, by: Actor) -> None:
    for decide in (approve_submission, return_submission, close_submission):
        with pytest.raises(SameEyes):
            decide(submission_id=submission.pk, reason="Mine.", by=by, at=make.AT)
    submission.refresh_from_db()
    assert submission.state == "SUBMITTED"


@pytest.mark.django_db
def test_a_key_does_not_decide_what_it_brought(judge_and_maker: Party) -> None:
    key = make.actor(judge_and_maker)

    refused_as_same_eyes(make.submitted(key), key)


@pytest.mark.django_db
def test_two_keys_of_one_party_without_persons_are_the_same_eyes(judge_and_maker: Party) -> None:
    refused_as_same_eyes(make.submitted(make.actor(judge_and_maker)), make.actor(judge_and_maker))


@pytest.mark.django_db
def test_a_person_is_the_same_eyes_by_whichever_key_and_for_whichever_party() -> None:
    ann, brought_for, administrator = person("ann@x.org"), make.maker(), make.administrator()
    submission = make.submitted(person_of(brought_for, ann))

    refused_as_same_eyes(submission, person_of(administrator, ann))


@pytest.mark.django_db
def test_a_partys_key_and_its_person_are_the_same_eyes(judge_and_maker: Party) -> None:
    key, ann = make.actor(judge_and_maker), person_of(judge_and_maker, person("ann@x.org"))

    refused_as_same_eyes(make.submitted(key, 8), ann)
    refused_as_same_eyes(make.submitted(ann, 9), key)


@pytest.mark.django_db
def test_another_person_of_the_same_party_may_decide(judge_and_maker: Party) -> None:
    ann, bob = (person_of(judge_and_maker, person(f"{n}@x.org")) for n in ("ann", "bob"))

    decided = make.published(ann, bob)

    assert decided.state == "PUBLISHED"


@pytest.mark.django_db
def test_a_person_of_another_party_may_decide() -> None:
    ann = person_of(make.maker(), person("ann@x.org"))
    bob = person_of(make.administrator(), person("bob@x.org"))

    assert make.published(ann, bob).state == "PUBLISHED"


def insert_decision(submission: Submission, **changes: Any) -> None:
    """A Decision as somebody would write it who went past the operations."""
    row: dict[str, Any] = {
        "submission_id": submission.pk,
        "number": 1,
        "decision": "APPROVE",
        "reason": "",
        "named_entry_id": "",
        "decided_at": make.AT,
        "decided_by": uuid.uuid4(),
        "decided_answerable": uuid.uuid4(),
        "decided_party": uuid.uuid4(),
        "submitted_answerable": submission.submitted_answerable,
        "submitted_party": submission.submitted_party,
    } | changes
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO submissions_decision ({', '.join(row)})"
            f" VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


@pytest.mark.django_db
def test_the_database_takes_an_honest_decision(maker: Actor) -> None:
    insert_decision(make.submitted(maker))

    assert Decision.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_a_decision_by_the_same_eyes(maker: Actor) -> None:
    by_key = make.submitted(maker, 8)
    by_person = make.submitted(person_of(maker.party, person("ann@x.org")), 9)
    own = maker.party.actor_id
    forgeries: list[tuple[Submission, dict[str, Any]]] = [
        (by_key, {"decided_answerable": by_key.submitted_answerable}),
        (by_person, {"decided_answerable": by_person.submitted_answerable}),
        (by_key, {"decided_party": own}),
        (by_person, {"decided_party": own, "decided_answerable": own}),
    ]

    for submission, forged in forgeries:
        with pytest.raises(IntegrityError, match="submissions_four_eyes"):
            insert_decision(submission, **forged)

    assert not Decision.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["submitted_answerable", "submitted_party"])
def test_the_database_refuses_a_decision_that_misnames_the_submitter(
    maker: Actor, column: str
) -> None:
    submission = make.submitted(maker)

    with pytest.raises(IntegrityError, match="submissions_decision_brought_by"):
        insert_decision(submission, **{column: uuid.uuid4()})


@pytest.mark.django_db
def test_the_database_refuses_to_turn_down_without_a_reason(maker: Actor) -> None:
    with pytest.raises(IntegrityError, match="submissions_refusal_has_reason"):
        insert_decision(make.submitted(maker), decision="RETURN")
