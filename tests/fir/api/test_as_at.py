"""The repository as it stood at a moment, as a Supplier's system asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from fir.ledger.queries import last_seq
from fir.records.contacts import change_contact
from fir.records.proposals import confirm_proposal
from fir.records.recalling import propose_archival, propose_restoration, recall_release
from fir.submissions.operations import approve_submission
from tests import make
from tests.fir.api.asking import Asker, codes
from tests.fir.ledger.events import appended, for_one_party

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# Moments are asked for by the clock of the machine, so what happens here lies behind it.
LATER = make.AT + HOUR


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.AT + timedelta(days=30))


@pytest.fixture
def maker() -> Actor:
    """A maker whose release 2 follows the listed 1."""
    found = make.actor(make.maker())
    make.listed(make.row(1))
    make.published(found, make.actor(make.administrator()), 2, predecessors=["CPL-000001"])
    return found


def said(at: datetime) -> str:
    return quote(at.isoformat())


def as_at(asker: Asker, path: str, at: datetime) -> Any:
    joint = "&" if "?" in path else "?"
    answer = asker.get(f"{path}{joint}as_at={said(at)}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_record_is_told_as_it_stood_with_the_event_that_it_ends_at(maker: Actor) -> None:
    supplier = Asker(make.party())
    before = supplier.get("/firmware/CPL-000002").json()
    seq = last_seq()
    recall_release(cpl_entry_id="CPL-000002", reason="It stops.", by=maker, at=LATER)

    now = supplier.get("/firmware/CPL-000002").json()
    then = as_at(supplier, "/firmware/CPL-000002", LATER - timedelta(minutes=1))

    assert before["as_at"] is None
    assert now["as_at"] is None
    assert now["recalled"] == {"at": "2026-11-20T10:00:00Z", "reason": "It stops."}
    assert now["history"][-1]["kind"] == "FIRMWARE_RECALLED"
    assert then.pop("as_at") == {
        "asked": "2026-11-20T09:59:00Z",
        "seq": seq,
        "at": "2026-11-20T09:00:00Z",
        "of_today": ["contact", "own_decision"],
    }
    assert then == {name: value for name, value in before.items() if name != "as_at"}


def test_a_place_in_the_order_is_that_of_the_moment(maker: Actor) -> None:
    supplier = Asker(make.party())
    make.submitted(maker, 3)
    decider = make.actor(make.party("dcc", "DCC"))
    proposal = propose_archival(
        cpl_entry_id="CPL-000002", cause="REPLACED", reason="Old.", by=decider, at=LATER
    )
    other = make.actor(make.party("wires", "NETWORK_PARTY"))
    confirm_proposal(proposal_id=proposal.pk, by=other, at=LATER)

    now = {one["cpl_entry_id"]: one for one in supplier.get("/firmware").json()["results"]}
    then = {r["cpl_entry_id"]: r for r in as_at(supplier, "/firmware", make.AT)["results"]}

    assert (now["CPL-000001"]["position"], now["CPL-000002"]["position"]) == ("N", "OLDER")
    assert now["CPL-000002"]["archived"] == {
        "at": "2026-11-20T10:00:00Z",
        "cause": "REPLACED",
        "reason": "Old.",
    }
    assert (then["CPL-000001"]["position"], then["CPL-000002"]["position"]) == ("N-1", "N")
    assert then["CPL-000002"]["archived"] is None


def test_what_was_restored_is_archived_only_in_between(maker: Actor) -> None:
    supplier = Asker(make.party())
    one, other = make.actor(make.party("dcc", "DCC")), make.actor(make.party("wires", "DCC"))
    entry: dict[str, Any] = {"cpl_entry_id": "CPL-000002", "reason": "Old.", "by": one}
    first = propose_archival(cause="END_OF_SUPPORT", at=LATER, **entry)
    confirm_proposal(proposal_id=first.pk, by=other, at=LATER)
    second = propose_restoration(at=LATER + HOUR, **entry)
    confirm_proposal(proposal_id=second.pk, by=other, at=LATER + HOUR)

    told = [
        as_at(supplier, "/firmware/CPL-000002", at)["archived"]
        for at in (make.AT, LATER, LATER + HOUR)
    ]

    assert [bool(archived) for archived in told] == [False, True, False]


def test_what_was_not_listed_by_then_is_not_there(maker: Actor) -> None:
    supplier = Asker(make.party())
    decider = make.actor(make.party("dcc", "DCC"))
    waiting = make.submitted(maker, 3, predecessors=["CPL-000002"])
    approve_submission(submission_id=waiting.pk, by=decider, at=LATER)

    page = as_at(supplier, "/firmware?device_model=00010101", make.AT)
    missing = supplier.get(f"/firmware/CPL-000003?as_at={said(make.AT)}")

    assert [one["cpl_entry_id"] for one in page["results"]] == ["CPL-000001", "CPL-000002"]
    assert page["as_at"]["at"] == "2026-11-20T09:00:00Z"
    assert missing.status_code == 404
    assert as_at(supplier, "/firmware/CPL-000003", LATER)["cpl_entry_id"] == "CPL-000003"


def test_pages_of_a_moment_follow_one_another(maker: Actor) -> None:
    supplier = Asker(make.party())

    first = as_at(supplier, "/firmware?limit=1", make.AT)
    path = first["next"].partition("/api/v1")[2]
    second = supplier.get(path).json()

    assert [page["results"][0]["cpl_entry_id"] for page in (first, second)] == [
        "CPL-000001",
        "CPL-000002",
    ]
    assert first["as_at"] == second["as_at"]


def test_a_contact_is_of_today_and_says_so(maker: Actor) -> None:
    supplier = Asker(make.party())
    change_contact(
        manufacturer_identifier=make.MAKER, role="Desk", email="d@fine.example", by=maker, at=LATER
    )

    then = as_at(supplier, "/firmware/CPL-000002", make.AT)

    assert then["contact"]["role"] == "Desk"
    assert then["as_at"]["of_today"] == ["contact", "own_decision"]


def test_whoever_may_not_see_a_record_now_does_not_see_it_then(maker: Actor) -> None:
    rival = Asker(make.maker("other-meters", "F1A2"))

    assert rival.get(f"/firmware/CPL-000002?as_at={said(LATER)}").status_code == 404
    assert as_at(rival, "/firmware", LATER)["results"] == []


def test_an_answer_changes_its_etag_when_its_moment_gets_another_event(maker: Actor) -> None:
    supplier = Asker(make.party())
    path = f"/firmware/CPL-000002?as_at={said(LATER)}"
    first = supplier.get(path)
    appended(for_one_party("somebody"), at=LATER)

    again = supplier.client.get(
        f"/api/v1{path}", headers={**supplier.headers, "if-none-match": first.headers["ETag"]}
    )

    assert again.status_code == 200
    assert again.json()["as_at"]["seq"] == first.json()["as_at"]["seq"] + 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("2099-01-01T00:00:00Z", "NO_SUCH_MOMENT"),
        ("2019-01-01T00:00:00Z", "NO_SUCH_MOMENT"),
        ("2026-11-20", "NOT_A_TIME"),
        ("2026-11-20T09:00:00", "NOT_A_TIME"),
        ("2026-02-30T09:00:00Z", "NOT_A_TIME"),
        ("0001-01-01T00:00:00%2B14:00", "NO_SUCH_MOMENT"),
        ("0001-01-01T00:00:00Z", "NO_SUCH_MOMENT"),
        ("9999-12-31T23:59:59-14:00", "NO_SUCH_MOMENT"),
        ("yesterday", "NOT_A_TIME"),
        ("%00", "NOT_TEXT"),
    ],
)
def test_a_moment_that_is_none_is_refused_in_words(maker: Actor, asked: str, code: str) -> None:
    supplier = Asker(make.party())

    for path in ("/firmware", "/firmware/CPL-000002"):
        assert codes(supplier.get(f"{path}?as_at={asked}")) == {("as_at", code)}


def test_a_moment_may_be_said_in_any_offset(maker: Actor) -> None:
    supplier = Asker(make.party())
    ways = ("2026-11-20T09:00:00Z", "2026-11-20T10:00:00+01:00", "2026-11-20T10:00:00%2B01:00")

    told = [supplier.get(f"/firmware/CPL-000002?as_at={way}").json()["as_at"] for way in ways]

    assert {one["asked"] for one in told} == {
        datetime(2026, 11, 20, 9, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    }


def test_a_status_of_then_cannot_be_searched_for(maker: Actor) -> None:
    supplier = Asker(make.party())

    answer = supplier.get(f"/firmware?status=Current&as_at={said(make.AT)}")

    assert codes(answer) == {("status", "NOT_WITH_AS_AT")}
