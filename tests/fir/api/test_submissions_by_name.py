"""A request that has a name brings one submission, however often and however soon it is sent."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from fir.ledger.models import LedgerEvent
from fir.submissions.models import Submission
from tests import make
from tests.fir.api.asking import Asker, codes, made
from tests.fir.submissions.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Asker:
    return Asker(make.maker())


def send(maker: Asker, name: str = "release-9", **changes: Any) -> Any:
    return maker.post("/submissions", make.release(**changes), idempotency_key=name)


def received() -> int:
    return LedgerEvent.objects.filter(kind="SUBMISSION_RECEIVED").count()


def test_the_same_request_sent_again_is_answered_with_what_it_brought(maker: Asker) -> None:
    first, again = send(maker), send(maker)

    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert made(again)["id"] == made(first)["id"]
    assert again.headers["Location"] == first.headers["Location"]
    assert (Submission.objects.count(), received()) == (1, 1)


def test_it_is_answered_with_the_submission_as_it_is_by_now(maker: Asker) -> None:
    first = made(send(maker))
    Asker(make.administrator()).decides(first, "approve")

    again = made(send(maker))

    assert (again["id"], again["state"]) == (first["id"], "PUBLISHED")
    assert again["cpl_entry_ids"] == ["CPL-000001"]


def test_the_same_content_may_be_written_in_another_way(maker: Asker) -> None:
    said = make.release()
    backwards = dict(reversed(said.items()))

    first = maker.post("/submissions", said, idempotency_key="a")
    again = maker.post("/submissions", backwards, idempotency_key="a")

    assert made(again)["id"] == made(first)["id"]


def test_the_name_is_good_for_no_other_content(maker: Asker) -> None:
    send(maker)

    answer = send(maker, release_notes="Mends two clocks.")

    assert codes(answer) == {("Idempotency-Key", "IDEMPOTENCY_KEY_REUSED")}
    assert answer.json()["type"] == "urn:fir:problem:RequestNameTaken"
    assert "release-9" in answer.json()["detail"]
    assert Submission.objects.get().release_notes == "Mends the clock."


def test_a_refused_request_leaves_its_name_free(maker: Asker) -> None:
    assert codes(send(maker, gbcs_version="")) == {("gbcs_version", "FIELD_MISSING")}

    mended = send(maker)

    assert made(mended)["gbcs_version"] == "4.2"
    assert "Idempotent-Replayed" not in mended.headers


def test_a_request_without_a_name_is_a_new_one_each_time(maker: Asker) -> None:
    maker.brings()

    assert codes(maker.post("/submissions", make.release())) == {
        ("firmware_version", "WAITING_ALREADY")
    }


def test_each_party_names_its_own_requests(maker: Asker) -> None:
    other = Asker(make.maker("other-meters", "F1A2"))

    own = made(send(maker))
    others = made(send(other, number=8, manufacturer_identifier="F1A2"))

    assert own["id"] != others["id"]


@pytest.mark.parametrize("name", ["", "x" * 201, "a\tb", "caf\u00e9", "a\x7fb"])
def test_a_name_that_will_not_do_is_refused_in_words(maker: Asker, name: str) -> None:
    answer = maker.client.post(
        "/api/v1/submissions",
        make.release(),
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY=name,
        headers=maker.headers,
    )

    assert codes(answer) == {("Idempotency-Key", "IDEMPOTENCY_KEY_FORM")}
    assert not Submission.objects.exists()


@pytest.mark.parametrize("name", ["x", "x" * 200, "8e03978e-40d5-43dd-bc93-6894a57f9324", '"a b"~'])
def test_any_printable_name_will_do(maker: Asker, name: str) -> None:
    assert made(send(maker, name))["id"] == made(send(maker, name))["id"]


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_twice_at_once_brings_one_submission(maker: Asker) -> None:
    senders = [Asker(maker.party) for _ in range(4)]

    answers = at_once(*[partial(send, sender) for sender in senders])

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1
    replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
    assert sorted(map(str, replayed)) == ["None", "true", "true", "true"]
    assert (Submission.objects.count(), received()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_contents_under_one_name_at_once_one_is_brought(maker: Asker) -> None:
    others = Asker(maker.party)

    answers = at_once(lambda: send(maker), lambda: send(others, number=8, device_model="00020101"))

    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert Submission.objects.count() == 1
