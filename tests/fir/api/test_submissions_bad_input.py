"""What systems may send wrong about submissions and drafts: a clear answer, and nothing changed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from fir.api.problems import STATUSES
from fir.ledger.queries import last_seq
from fir.submissions import operations
from fir.submissions.claims import READERS
from fir.submissions.models import Draft, Submission
from tests import make
from tests.fir.api.asking import Asker, codes, made

pytestmark = pytest.mark.django_db
OVERRIDE = "Mends\u202ethe clock."
NOTES = ("release_notes", "activation_advice")


@pytest.fixture
def maker() -> Asker:
    return Asker(make.maker())


@pytest.fixture
def decider() -> Asker:
    return Asker(make.administrator())


@pytest.mark.parametrize("field", NOTES)
@pytest.mark.parametrize("text", [OVERRIDE, "a\0b", "a\x1bb", "a\ud800b", "a\u200bb", "a\ufffeb"])
def test_text_that_says_other_than_it_seems_is_refused(maker: Asker, field: str, text: str) -> None:
    answer = maker.post("/submissions", make.release() | {field: text})

    assert codes(answer) == {(field, "CONTROL_CHARACTER")}
    assert not Submission.objects.exists()


@pytest.mark.parametrize("field", NOTES)
def test_a_megabyte_of_notes_is_refused_and_not_sent_back(maker: Asker, field: str) -> None:
    answer = maker.post("/submissions", make.release() | {field: "x" * 1_000_000})

    assert codes(answer) == {(field, "TOO_LONG")}
    assert len(answer.content) < 1000


WRONG_TYPES: list[Any] = [3, 1.5, True, [], {}, {"a": [1]}, [[["x"]]], "x" * 90_000, -(10**30)]


@pytest.mark.parametrize("field", READERS)
@pytest.mark.parametrize("value", WRONG_TYPES, ids=lambda value: repr(value)[:12])
def test_no_type_of_value_is_a_fault_of_firs_own(maker: Asker, field: str, value: Any) -> None:
    make.listed(make.row(1))

    brought = maker.post("/submissions", make.release() | {field: value})
    drafted = maker.post("/drafts", make.release() | {field: value})

    assert brought.status_code in (201, 422)
    assert drafted.status_code in (201, 422)
    for answer in (brought, drafted):
        assert answer.status_code == 201 or answer.json()["errors"]


@pytest.mark.parametrize("depth", [50, 300, 900, 950, 980, 990, 1000, 100_000])
@pytest.mark.parametrize("path", ["/submissions", "/drafts"])
def test_json_however_deep_is_answered_in_words(maker: Asker, path: str, depth: int) -> None:
    body = b'{"purposes":' + b"[" * depth + b"]" * depth + b"}"

    answer = maker.post(path, body, idempotency_key="deep")

    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Submission.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"kind": "PERHAPS"}, "kind", "NOT_A_CHOICE"),
        ({"purposes": ["SECURITY", "FASHION"]}, "purposes", "NOT_A_CHOICE"),
        ({"purposes": "SECURITY"}, "purposes", "NOT_A_LIST"),
        ({"security_relevant": "yes"}, "security_relevant", "NOT_YES_OR_NO"),
        ({"interrupts_hub_power": 1}, "interrupts_hub_power", "NOT_YES_OR_NO"),
        ({"minimum_hardware_version": "1"}, "minimum_hardware_version", "NOT_HARDWARE"),
        ({"image_size": 0}, "image_size", "NOT_A_SIZE"),
        ({"image_size": 2**40}, "image_size", "NOT_A_SIZE"),
        ({"end_of_support": "2030-13-01"}, "end_of_support", "NO_SUCH_DATE"),
        ({"further_device_models": ["1"]}, "further_device_models", "WRONG_LENGTH"),
        ({"further_device_models": "1"}, "further_device_models", "NOT_A_LIST"),
        ({"of_entry": "CPL-000001"}, "of_entry", "NOT_OF_THIS_KIND"),
        ({"version": "1"}, "version", "FIELD_UNKNOWN"),
        ({"state": "PUBLISHED"}, "state", "FIELD_UNKNOWN"),
    ],
)  # fmt: skip
def test_each_fact_has_a_form(maker: Asker, said: dict[str, Any], field: str, code: str) -> None:
    answer = maker.post("/submissions", make.release(**said))

    assert (field, code) in codes(answer)
    assert not Submission.objects.exists()


@pytest.mark.parametrize("path", ["submissions", "drafts"])
def test_an_odd_name_of_a_field_comes_back_readable(maker: Asker, path: str) -> None:
    body = b'{"' + b"x" * 500 + b'": 1, "\\ud800\\u202e": 2}'

    answer = maker.post(f"/{path}", body)

    unknown = {field for field, code in codes(answer) if code == "FIELD_UNKNOWN"}
    assert unknown == {"x" * 80, "\ufffd\ufffd"}


# Times of publication


@pytest.mark.parametrize(
    "time",
    ["2027-01-31T09:00:00", "2027-01-31", "tomorrow", "1700000000", "2027-02-30T09:00:00Z",
     "2027-01-31T25:00:00Z", "2027-W01-1T09:00:00Z", "20270131T090000Z", "2027-01-31T09:00Z",
     "2027-01-31T09:00:00+1:00", "\u0662027-01-31T09:00:00Z", "2027-01-31T09:00:00Z\n",
     "2027-01-31T09:00:00+99:00", "0000-01-31T09:00:00Z"],
)  # fmt: skip
def test_a_time_is_said_as_rfc_3339_says_it(maker: Asker, decider: Asker, time: str) -> None:
    path = f"/submissions/{maker.brings()['id']}/decision"

    answer = decider.post(path, {"decision": "approve", "publish_at": time})

    assert codes(answer) == {("publish_at", "NOT_A_TIME")}
    assert Submission.objects.get().state == "SUBMITTED"


@pytest.mark.parametrize(
    "time",
    ["2001-01-31T09:00:00Z", "2999-01-31T09:00:00Z", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_a_time_lies_ahead_and_within_a_year(maker: Asker, decider: Asker, time: str) -> None:
    path = f"/submissions/{maker.brings()['id']}/decision"

    answer = decider.post(path, {"decision": "approve", "publish_at": time})

    assert codes(answer) == {("publish_at", "NOT_TO_COME")}
    assert Submission.objects.get().state == "SUBMITTED"


@pytest.mark.parametrize("decision", ["return", "close", "cancel"])
def test_only_an_approval_has_a_time(maker: Asker, decider: Asker, decision: str) -> None:
    path = f"/submissions/{maker.brings()['id']}/decision"
    said = {"decision": decision, "reason": "No.", "publish_at": "2027-01-31T09:00:00Z"}

    answer = decider.post(path, said)

    assert codes(answer) == {("publish_at", "ONLY_ON_APPROVAL")}


# Comments and withdrawals


@pytest.mark.parametrize("text", [OVERRIDE, "a\0b", "x\ud800"])
def test_a_comment_is_readable_text(maker: Asker, text: str) -> None:
    path = f"/submissions/{maker.brings()['id']}/comments"

    assert codes(maker.post(path, {"text": text})) == {("text", "CONTROL_CHARACTER")}
    assert maker.get(path.removesuffix("/comments")).json()["comments"] == []


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n"}])
def test_a_comment_says_something(maker: Asker, body: dict[str, str]) -> None:
    answer = maker.post(f"/submissions/{maker.brings()['id']}/comments", body)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "Write what you have to say."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": 3}, "NOT_TEXT"),
        ({"text": "x" * 4001}, "NOT_TEXT"),
        ({"note": "x"}, "FIELD_UNKNOWN"),
        (["x"], "NOT_AN_OBJECT"),
    ],
)
def test_a_comment_has_a_form(maker: Asker, body: Any, code: str) -> None:
    answer = maker.post(f"/submissions/{maker.brings()['id']}/comments", body)

    assert code in {said for _, said in codes(answer)}


@pytest.mark.parametrize("body", [{"reason": 3}, {"reason": OVERRIDE}, {"why": "x"}, "x"])
def test_a_withdrawal_has_a_form(maker: Asker, body: Any) -> None:
    answer = maker.post(f"/submissions/{maker.brings()['id']}/withdrawal", body)

    assert codes(answer)
    assert Submission.objects.get().state == "SUBMITTED"


# Drafts


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"release_notes": "x" * 20_001}, ("release_notes", "TOO_LONG")),
        ({"release_notes": "a\0b"}, ("release_notes", "CONTROL_CHARACTER")),
        ({"release_notes": "a\ud800b"}, ("release_notes", "CONTROL_CHARACTER")),
        ({"predecessors": ["CPL-000001"] * 501}, ("predecessors", "TOO_MANY")),
        ({"predecessors": [["CPL-000001"]]}, ("predecessors", "NOT_TEXT")),
        ({"image_size": 1.5}, ("image_size", "NOT_TEXT")),
        ({"image_size": 2**60}, ("image_size", "TOO_LARGE")),
        ({"kind": "PERHAPS"}, ("kind", "NOT_A_CHOICE")),
        ({"kind": ["NEW"]}, ("kind", "NOT_TEXT")),
        ({"price": "12 pounds"}, ("price", "FIELD_UNKNOWN")),
        ({"again_of": "not an id"}, ("again_of", "NOT_AN_ID")),
        ({"again_of": 3}, ("again_of", "NOT_AN_ID")),
        ({"again_of": str(uuid.uuid4())}, ("again_of", "NOT_RETURNED")),
    ],
)
def test_what_no_draft_can_keep_is_refused(
    maker: Asker, said: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert codes(maker.post("/drafts", said)) == {fault}
    assert not Draft.objects.exists()


@pytest.mark.parametrize("version", [3, "", [], True])
def test_a_version_is_given_as_it_was_answered(maker: Asker, version: Any) -> None:
    path = f"/drafts/{made(maker.post('/drafts', make.release()))['id']}"

    answer = maker.put(path, {"gbcs_version": "4.1", "version": version})

    assert codes(answer) == {("version", "NOT_A_VERSION")}
    assert maker.get(path).json()["said"]["gbcs_version"] == "4.2"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"3"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_a_draft_is_an_object(maker: Asker, method: str, body: bytes) -> None:
    draft = made(maker.post("/drafts", make.release()))
    path = "/drafts" if method == "post" else f"/drafts/{draft['id']}"

    answer = getattr(maker, method)(path, body)

    if body:
        assert answer.status_code in (400, 422)
        assert maker.get(f"/drafts/{draft['id']}").json()["said"] == draft["said"]
    else:  # a body that is left out says nothing, as {} would
        assert answer.json()["said"] == {}


@pytest.mark.parametrize("state", ["DRAFT", "draft"])
def test_the_queue_holds_no_drafts_and_says_where_they_are(maker: Asker, state: str) -> None:
    answer = maker.get(f"/submissions?state={state}")

    assert codes(answer) == {("state", "DRAFTS_ARE_APART")}
    assert "/api/v1/drafts" in answer.json()["errors"][0]["message"]


def test_no_refusal_leaves_an_event(maker: Asker, decider: Asker) -> None:
    submission = maker.brings()
    before = last_seq()

    for path in ("withdrawal", "comments"):
        maker.post(f"/submissions/{submission['id']}/{path}", {"text": OVERRIDE, "reason": 3})
    decider.post(f"/submissions/{submission['id']}/decision", {"decision": "cancel"})

    assert last_seq() == before


def test_every_refusal_of_an_operation_has_a_status() -> None:
    named = [getattr(operations, name) for name in operations.__all__]
    refusals = {one for one in named if isinstance(one, type) and issubclass(one, Exception)}

    assert refusals - set(STATUSES) == {operations.SheetRefused}  # sheets are brought by people
