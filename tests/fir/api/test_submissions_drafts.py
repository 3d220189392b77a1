"""Drafts over the API: kept as they are written, seen by their own Party, brought once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.conf import settings

from fir.ledger.queries import last_seq
from fir.submissions.models import Draft, Submission
from tests import make
from tests.fir.api.asking import Asker, codes, made
from tests.fir.submissions.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Asker:
    return Asker(make.maker())


@pytest.fixture
def decider() -> Asker:
    return Asker(make.administrator())


def drafted(maker: Asker, **said: Any) -> dict[str, Any]:
    return made(maker.post("/drafts", said))


def found(faults: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(one["field"], one["code"]) for one in faults}


def test_a_draft_is_kept_as_it_was_said_and_told_to_nobody(maker: Asker) -> None:
    said = {"firmware_version": "9", "release_notes": "Mends\u202ethe clock.", "image_size": "big"}
    before = last_seq()

    answer = maker.post("/drafts", said)

    draft = made(answer)
    assert (draft["state"], draft["kind"], draft["said"]) == ("DRAFT", "NEW", said)
    assert (draft["party"], draft["again_of"]) == ("fine-meters", None)
    assert answer.headers["Location"] == f"/api/v1/drafts/{draft['id']}"
    assert maker.get(f"/drafts/{draft['id']}").json() == draft
    assert maker.get("/submissions").json()["results"] == []
    assert last_seq() == before


def test_a_draft_says_all_that_would_keep_it_from_being_brought(maker: Asker) -> None:
    draft = drafted(maker, firmware_version="9", manufacturer_identifier="F1A2")

    assert {
        ("firmware_version", "WRONG_LENGTH"),
        ("device_model", "FIELD_MISSING"),
        ("predecessors", "FIELD_MISSING"),
        ("manufacturer_identifier", "NOT_YOUR_MANUFACTURER"),
    } <= found(draft["faults"])
    assert drafted(maker, **make.release())["faults"] == []


def test_a_draft_says_what_to_look_at_again(maker: Asker) -> None:
    make.listed(make.row(1))

    draft = drafted(maker, **make.release())

    assert ("predecessors", "VERSIONS_STRANDED") in found(draft["warnings"])


def test_a_drafts_kind_decides_what_it_lacks(maker: Asker) -> None:
    draft = drafted(maker, kind="withdrawal", of_entry="CPL-000009")

    assert draft["kind"] == "WITHDRAWAL"
    assert "kind" not in draft["said"]
    assert {("reason", "FIELD_MISSING"), ("of_entry", "ENTRY_NOT_LISTED")} <= found(draft["faults"])


def test_putting_replaces_every_answer(maker: Asker) -> None:
    draft = drafted(maker, **make.release())
    path = f"/drafts/{draft['id']}"

    put = maker.put(path, {"gbcs_version": "4.1", "version": draft["version"]}).json()

    assert put["said"] == {"gbcs_version": "4.1"}
    assert put["version"] != draft["version"]
    assert ("device_type", "FIELD_MISSING") in found(put["faults"])
    assert maker.get(path).json() == put


def test_putting_the_same_answers_gives_the_same_version(maker: Asker) -> None:
    draft = drafted(maker, **make.release())

    put = maker.put(f"/drafts/{draft['id']}", {**draft["said"], "version": draft["version"]})

    assert put.json()["version"] == draft["version"]


def test_what_somebody_else_wrote_is_not_overwritten_unseen(maker: Asker) -> None:
    draft = drafted(maker, **make.release())
    path = f"/drafts/{draft['id']}"
    others = maker.put(path, {"gbcs_version": "4.1"}).json()

    answer = maker.put(path, {"gbcs_version": "4.0", "version": draft["version"]})

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:fir:problem:DraftChanged"
    assert answer.json()["version"] == others["version"]
    assert maker.get(path).json()["said"] == {"gbcs_version": "4.1"}
    again = maker.put(path, {"gbcs_version": "4.0", "version": answer.json()["version"]})
    assert again.json()["said"] == {"gbcs_version": "4.0"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_one_is_told_of_the_other(maker: Asker) -> None:
    draft = drafted(maker, **make.release())
    writers = [Asker(maker.party), Asker(maker.party)]

    answers = at_once(
        *(
            partial(
                writer.put,
                f"/drafts/{draft['id']}",
                {"release_notes": f"By {n}.", "version": draft["version"]},
            )
            for n, writer in enumerate(writers)
        )
    )

    won = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert Draft.objects.get().said == {"release_notes": f"By {won}."}


def test_a_draft_stays_of_its_kind(maker: Asker) -> None:
    draft = drafted(maker, **make.release())
    path = f"/drafts/{draft['id']}"

    assert maker.put(path, {"kind": "NEW", "gbcs_version": "4.1"}).status_code == 200
    assert codes(maker.put(path, {"kind": "WITHDRAWAL"})) == {("kind", "KIND_STAYS")}


def test_a_draft_is_thrown_away(maker: Asker) -> None:
    path = f"/drafts/{drafted(maker)['id']}"

    answer = maker.delete(path)

    assert (answer.status_code, answer.content) == (204, b"")
    assert [maker.get(path).status_code, maker.delete(path).status_code] == [404, 404]
    assert [maker.put(path, {}).status_code, maker.post(f"{path}/submission").status_code] == [
        404,
        404,
    ]


def test_drafts_are_their_own_partys(maker: Asker) -> None:
    draft = drafted(maker, **make.release())
    path = f"/drafts/{draft['id']}"

    for stranger in (
        Asker(make.maker("other-meters", "F1A2")),
        Asker(make.maker("also-fine")),
        Asker(make.party("judge", "ADMINISTRATOR", manufacturer_identifiers=["F1A3"])),
    ):
        asked = [
            stranger.get(path),
            stranger.put(path, {}),
            stranger.delete(path),
            stranger.post(f"{path}/submission"),
        ]
        assert [answer.status_code for answer in asked] == [404] * 4
        assert stranger.get("/drafts").json()["results"] == []
    assert maker.get(path).json() == draft


def test_the_list_shows_those_changed_last_first_and_pages(maker: Asker) -> None:
    drafts = [drafted(maker, **make.release(n)) for n in range(5)]
    maker.put(f"/drafts/{drafts[0]['id']}", make.release(0))

    listed: list[dict[str, Any]] = []
    page: Any = {"next": "/api/v1/drafts?limit=2"}
    while page["next"]:
        page = maker.get(page["next"].removeprefix(settings.BASE_URL)[len("/api/v1") :]).json()
        listed += page["results"]

    assert [one["id"] for one in listed] == [drafts[n]["id"] for n in (0, 4, 3, 2, 1)]
    assert listed[0] == maker.get(f"/drafts/{drafts[0]['id']}").json()


def test_two_drafts_of_one_release_are_a_fault_once_one_is_brought(maker: Asker) -> None:
    first, second = (drafted(maker, **make.release()) for _ in range(2))

    assert [one["faults"] for one in maker.get("/drafts").json()["results"]] == [[], []]
    made(maker.post(f"/drafts/{first['id']}/submission"))

    (left,) = maker.get("/drafts").json()["results"]
    assert (left["id"], found(left["faults"])) == (
        second["id"],
        {("firmware_version", "WAITING_ALREADY")},
    )


def test_a_draft_is_brought_as_what_it_says(maker: Asker) -> None:
    draft = drafted(maker, **make.release())

    answer = maker.post(f"/drafts/{draft['id']}/submission")

    brought = made(answer)
    assert brought["id"] == draft["id"]
    assert (brought["state"], brought["release_notes"]) == ("SUBMITTED", "Mends the clock.")
    assert answer.headers["Location"] == f"/api/v1/submissions/{draft['id']}"
    assert maker.get("/drafts").json()["results"] == []


def test_a_draft_that_is_sent_twice_is_one_submission(maker: Asker) -> None:
    path = f"/drafts/{drafted(maker, **make.release())['id']}/submission"

    first, again = maker.post(path), maker.post(path)

    assert made(again)["id"] == made(first)["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_sent_twice_at_once_is_one_submission(maker: Asker) -> None:
    path = f"/drafts/{drafted(maker, **make.release())['id']}/submission"
    senders = [Asker(maker.party) for _ in range(3)]

    answers = at_once(*[partial(sender.post, path) for sender in senders])

    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Submission.objects.count() == 1


def test_a_draft_with_faults_stays_a_draft(maker: Asker) -> None:
    draft = drafted(maker, **make.release(gbcs_version=""))

    answer = maker.post(f"/drafts/{draft['id']}/submission")

    assert codes(answer) == {("gbcs_version", "FIELD_MISSING")}
    assert maker.get(f"/drafts/{draft['id']}").json() == draft


def test_what_is_not_your_manufacturers_is_not_brought(maker: Asker) -> None:
    draft = drafted(maker, **make.release(manufacturer_identifier="F1A2"))

    assert maker.post(f"/drafts/{draft['id']}/submission").status_code == 403
    assert maker.get(f"/drafts/{draft['id']}").status_code == 200
