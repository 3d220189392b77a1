"""What stood at a moment, told from the ledger, is what the repository said then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fir.ledger.queries import NoSuchMoment, moment_at
from fir.parties.operations import operator
from fir.records.as_at import listed_then, models_then
from fir.records.loading import confirm_loaded
from fir.records.models import RepositoryEntry
from fir.records.operations import declare_hub_capability
from fir.records.proposals import confirm_proposal
from fir.records.queries import key_of
from fir.records.recalling import propose_archival, propose_restoration, recall_release
from fir.records.reconciling import reconcile_list
from fir.submissions.operations import approve_submission, submit_firmware
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from cpl.sheet.row import SheetRow
    from fir.parties.models import Actor, Party

pytestmark = pytest.mark.django_db
COLUMNS = [field.attname for field in RepositoryEntry._meta.concrete_fields]


def state() -> dict[str, dict[str, Any]]:
    """What the repository says of every entry now."""
    return facts_of(RepositoryEntry.objects.all())


def facts_of(entries: Iterable[RepositoryEntry]) -> dict[str, dict[str, Any]]:
    return {e.cpl_entry_id: {c: getattr(e, c) for c in COLUMNS} for e in entries}


def listed(*rows: SheetRow) -> Callable[[datetime], Any]:
    """An import of these lines."""
    return lambda at: reconcile_list(rows=rows, by=operator(), at=at)


class Story:
    """Acts at successive hours, with what the repository said after each."""

    def __init__(self) -> None:
        self.maker = make.actor(make.maker())
        self.first, self.second = (
            make.actor(make.administrator()),
            make.actor(make.party("dcc", "DCC")),
        )
        self.at = make.AT
        self.told: list[tuple[datetime, dict[str, dict[str, Any]]]] = []

    def act(self, what: Callable[[datetime], Any]) -> Any:
        self.at += timedelta(hours=1)
        done = what(self.at)
        self.told.append((self.at, state()))
        return done

    def bring(self, **said: Any) -> None:
        def both(at: datetime) -> None:
            found = submit_firmware(said=said, by=self.maker, at=at).submission
            approve_submission(submission_id=found.pk, by=self.first, at=at)

        self.act(both)

    def agree(self, propose: Callable[[datetime], Any]) -> None:
        def both(at: datetime) -> None:
            confirm_proposal(proposal_id=propose(at).pk, by=self.second, at=at)

        self.act(both)


def told_by(story: Story, by: Actor) -> None:
    """Everything that can happen to entries, once."""
    hub = {"device_type": "CHF", "esme_variant": "", "smets_chts_version": "CHTS V1.3"}
    act, entry = story.act, "CPL-000003"
    act(listed(make.row(1), make.row(2)))
    story.bring(**make.release(9, predecessors=["CPL-000002"], purposes=["DEFECT"], image_size=9))
    correction = make.release(9, kind="CORRECTION", of_entry=entry, reason="Notes.")
    story.bring(**{**correction, "release_notes": "Better.", "predecessors": ["CPL-000001"]})
    story.bring(kind="LEGACY_COMPLETION", of_entry="CPL-000002", predecessors=["CPL-000001"])
    act(lambda at: confirm_loaded(cpl_entry_ids=[entry], loaded_on=at.date(), by=by, at=at))
    act(lambda at: recall_release(cpl_entry_id=entry, reason="Bad.", by=story.maker, at=at))
    story.bring(kind="RECALL_LIFT", of_entry=entry, reason="It was another.")
    archive: dict[str, Any] = {"cpl_entry_id": entry, "reason": "Old.", "by": story.first}
    story.agree(lambda at: propose_archival(cause="END_OF_SUPPORT", at=at, **archive))
    story.agree(lambda at: propose_restoration(at=at, **archive))
    story.bring(kind="WITHDRAWAL", of_entry=entry, reason="Withdrawn.")
    story.bring(**make.release(5, **hub, cpa_certificate_id="CPA-5", carries_updates=None))
    act(lambda at: declare_hub_capability(
        cpl_entry_id="CPL-000004", carries_updates=True, by=by, at=at
    ))  # fmt: skip
    removed = make.row(1, status="REMOVED", date_removed=make.AT.date(), removal_reason="Gone.")
    act(listed(removed, make.row(2, cpa_renewal_date=None, cpa_certificate_id="")))
    act(listed(make.row(1), make.row(2)))


def test_every_moment_is_told_as_it_was() -> None:
    story = Story()
    told_by(story, operator())
    now = story.at + timedelta(days=1)

    for at, said in story.told:
        moment = moment_at(at, now=now)
        standing = list(listed_then(RepositoryEntry.objects.order_by("entry_id"), moment))
        then = {one.cpl_entry_id: one for one in models_then(moment, set(map(key_of, standing)))}
        assert facts_of([then[entry.cpl_entry_id] for entry in standing]) == said, at


def test_the_order_of_a_model_is_told_as_it_was() -> None:
    story = Story()
    told_by(story, operator())
    entry = RepositoryEntry.objects.get(cpl_entry_id="CPL-000002")

    moment = moment_at(story.told[0][0], now=story.at)

    assert [e.cpl_entry_id for e in models_then(moment, [key_of(entry)])] == [
        "CPL-000001",
        "CPL-000002",
    ]


def test_a_moment_is_that_of_the_last_event_before_it() -> None:
    story = Story()
    story.act(listed(make.row(1)))
    ((at, _),) = story.told

    later = moment_at(at + timedelta(minutes=30), now=at + timedelta(days=1))

    assert later.at == at
    assert later == moment_at(at + timedelta(minutes=30), now=at + timedelta(days=2))


def test_there_is_no_moment_to_come_and_none_before_the_first() -> None:
    make.maker()

    with pytest.raises(NoSuchMoment, match="has not come yet"):
        moment_at(make.AT + timedelta(seconds=1), now=make.AT)
    with pytest.raises(NoSuchMoment, match="first event is of 2026-11-20"):
        moment_at(make.AT - timedelta(days=1), now=make.AT)


def test_an_entry_is_found_as_it_stood_by_who_may_see_it() -> None:
    make.listed(make.row(1))
    later = make.AT + timedelta(hours=1)
    supplier, rival = make.party(), make.maker("other", "F1A2")

    moment = moment_at(make.AT, now=later)

    def found(party: Party, cpl_entry_id: str) -> bool:
        visible = RepositoryEntry.objects.visible_to(party).filter(cpl_entry_id=cpl_entry_id)
        return listed_then(visible, moment).exists()

    assert found(supplier, "CPL-000001")
    assert not found(rival, "CPL-000001")
    assert not found(supplier, "CPL-9")
