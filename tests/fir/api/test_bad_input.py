"""Bad input gets a clear answer and changes nothing."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from fir.estates.operations import finish_loads
from fir.ledger.queries import last_seq
from fir.submissions.models import Submission
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
SUBMISSIONS = "/api/v1/submissions"
LOADS = "/api/v1/estate/loads"


def post(client: Client, path: str, headers: dict[str, str], body: Any) -> Any:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(path, content, content_type="application/json", headers=headers)


def codes(answer: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


def test_every_fault_of_a_submission_is_named_in_one_answer(client: Client) -> None:
    maker = make.maker()
    make.listed(
        make.row(1),
        make.row(2, device_model="00990101"),
        make.row(3, device_type="GSME", esme_variant=""),
    )
    headers, before = make.bearer(maker), last_seq()

    answer = post(
        client,
        SUBMISSIONS,
        headers,
        make.release(
            9,
            firmware_version="0000009",
            manufacturer_image_hash=make.image_hash(3),
            cpa_renewal_date="2020-01-31",
            predecessors=["CPL-000002", "CPL-000777"],
            gbcs_version="",
            release_notes="Mends\u202ethe clock.",
            price="12 pounds",
        ),
    )

    assert answer.status_code == 422
    assert codes(answer) == {
        ("firmware_version", "WRONG_LENGTH"),
        ("manufacturer_image_hash", "HASH_OF_ANOTHER"),
        ("cpa_certificate_id", "CERTIFICATE_LAPSED"),
        ("predecessors", "PREDECESSOR_OF_ANOTHER_FAMILY"),
        ("predecessors", "PREDECESSOR_NOT_LISTED"),
        ("gbcs_version", "FIELD_MISSING"),
        ("release_notes", "CONTROL_CHARACTER"),
        ("price", "FIELD_UNKNOWN"),
    }
    assert not Submission.objects.exists()
    assert last_seq() == before


def test_another_manufacturers_identifier_is_refused(client: Client) -> None:
    make.maker("other-meters", "F1A2")

    answer = post(
        client,
        SUBMISSIONS,
        make.bearer(make.maker()),
        make.release(manufacturer_identifier="F1A2"),
    )

    assert answer.status_code == 403
    assert "F1A2" in answer.json()["detail"]


def test_a_hash_in_use_by_another_manufacturer_is_refused(client: Client) -> None:
    make.listed(make.row(1, manufacturer_identifier="F1A2"))

    answer = post(
        client,
        SUBMISSIONS,
        make.bearer(make.maker()),
        make.release(manufacturer_image_hash=make.image_hash(1)),
    )

    assert codes(answer) == {("manufacturer_image_hash", "HASH_OF_ANOTHER")}


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"text"', "3", b"\xff\xfe", '{"a":1}'])
def test_a_body_that_is_no_release_is_answered_in_words(client: Client, body: Any) -> None:
    answer = post(client, SUBMISSIONS, make.bearer(make.maker()), body)

    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_json_that_is_nested_too_deeply_is_answered_in_words(client: Client) -> None:
    answer = post(client, SUBMISSIONS, make.bearer(make.maker()), b"[" * 200_000)

    assert answer.status_code == 400
    assert answer.json()["detail"] == "The JSON is nested too deeply."


@pytest.mark.parametrize("path", ["cpl", "firmware", "eligibility", "notices", "estate/loads"])
@pytest.mark.parametrize(
    "query", ["cursor=cD1hYmM%3D", "cursor=cD0lMDA%3D", "cursor=%FF", "limit=abc", "limit=-5"]
)
def test_a_cursor_or_limit_that_cannot_be_read_is_named(
    client: Client, path: str, query: str
) -> None:
    supplier = make.party("big-light")
    make.listed(make.row(1))

    answer = client.get(f"/api/v1/{path}?{query}", headers=make.bearer(supplier))

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


def test_pages_lose_nothing_that_came_at_the_same_moment(client: Client) -> None:
    maker = make.actor(make.maker())
    brought = {str(make.submitted(maker, n).pk) for n in range(1, 28)}
    headers = make.bearer(make.administrator())

    listed: list[str] = []
    page: Any = {"next": f"{SUBMISSIONS}?limit=3"}
    while page["next"]:
        page = client.get(page["next"].removeprefix(settings.BASE_URL), headers=headers).json()
        listed += [one["id"] for one in page["results"]]

    assert len(listed) == len(brought)
    assert set(listed) == brought


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("manufacturer=zz", "manufacturer"),
        ("device_model=1", "device_model"),
        ("firmware_version=000000001", "firmware_version"),
        ("device_type=TOASTER", "device_type"),
        ("status=perhaps", "status"),
        ("manufacturer_image_hash=AB", "manufacturer_image_hash"),
        ("added_from=2026-13-01", "added_from"),
        ("added_to=tomorrow", "added_to"),
        ("as_at=31/02/2026", "as_at"),
        ("as_at=2199-01-01", "as_at"),
        ("colour=red", "colour"),
    ],
)
def test_a_filter_that_no_entry_can_match_is_named(client: Client, query: str, field: str) -> None:
    answer = client.get(f"/api/v1/cpl?{query}")

    assert {name for name, _ in codes(answer)} == {field}


def test_a_filter_takes_identifiers_in_any_of_their_forms(client: Client) -> None:
    make.listed(make.row(1), make.row(2, manufacturer_identifier="F1A2"))

    answer = client.get("/api/v1/cpl?manufacturer=0xf1a2&status=current")

    assert [one["cpl_entry_id"] for one in answer.json()["results"]] == ["CPL-000002"]


@pytest.mark.parametrize("accept", ["text/csv", "application/xml", "*/*", "text/html;q=0.1"])
def test_what_is_accepted_decides_no_answer(client: Client, accept: str) -> None:
    assert client.get("/api/v1/cpl", headers={"accept": accept}).status_code == 200
    assert client.get("/api/v1/docs", headers={"accept": accept}).status_code == 200


def test_a_body_that_is_too_large_to_hold_is_not_read(client: Client) -> None:
    answer = post(client, SUBMISSIONS, make.bearer(make.maker()), b" " * 2_500_001)

    assert answer.status_code == 413
    assert "2500000" in answer.json()["detail"]


def test_the_decider_is_somebody_else(client: Client) -> None:
    administrator = make.party(
        "administrator", "ADMINISTRATOR", manufacturer_identifiers=[make.MAKER]
    )
    headers = make.bearer(administrator)
    brought = post(client, SUBMISSIONS, headers, make.release()).json()

    decided = post(
        client, f"{SUBMISSIONS}/{brought['id']}/decision", headers, {"decision": "approve"}
    )

    assert decided.status_code == 403
    assert Submission.objects.get().state == "SUBMITTED"


def test_the_second_decision_is_told_of_the_first(client: Client) -> None:
    submission = make.submitted(make.actor(make.maker()))
    headers = make.bearer(make.administrator())
    path = f"{SUBMISSIONS}/{submission.pk}/decision"

    first = post(client, path, headers, {"decision": "approve"})
    second = post(client, path, headers, {"decision": "close", "reason": "Too late."})

    assert (first.status_code, second.status_code) == (200, 409)
    assert "PUBLISHED" in second.json()["detail"]


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        ({}, "decision"),
        ({"decision": "perhaps"}, "decision"),
        ({"decision": 3}, "decision"),
        ({"decision": "approve", "publish_at": "2027-01-01T00:00:00"}, "publish_at"),
        ({"decision": "close", "reason": "x" * 4001}, "reason"),
        ({"decision": "close", "reason": "No.", "cpl_entry_id": "CPL-1"}, "cpl_entry_id"),
        ({"decision": "approve", "cpl_entry_id": "CPL 1"}, "cpl_entry_id"),
        ({"decision": "approve", "cpl_entry_id": "CPL-000001"}, "cpl_entry_id"),
    ],
)
def test_a_decision_that_cannot_be_read_decides_nothing(
    client: Client, decision: dict[str, Any], field: str
) -> None:
    make.listed(make.row(1))
    submission = make.submitted(make.actor(make.maker()))
    path = f"{SUBMISSIONS}/{submission.pk}/decision"

    answer = post(client, path, make.bearer(make.administrator()), decision)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Submission.objects.get().state == "SUBMITTED"


@pytest.mark.parametrize("decision", ["return", "close"])
@pytest.mark.parametrize("reason", ["", "  "])
def test_turning_down_needs_a_reason(client: Client, decision: str, reason: str) -> None:
    submission = make.submitted(make.actor(make.maker()))
    path = f"{SUBMISSIONS}/{submission.pk}/decision"

    answer = post(
        client, path, make.bearer(make.administrator()), {"decision": decision, "reason": reason}
    )

    assert answer.status_code == 422
    assert "why" in answer.json()["detail"]


INVENTORY = make.inventory(make.device(1), make.device(2))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", "Line 1"),
        (b"DeviceID,DeviceType\n", "Line 1"),
        (INVENTORY[:-30], "Line 3"),
        (gzip.compress(INVENTORY)[:-12], "Line 1"),
        (b"\xff\xfe" + INVENTORY.decode().encode("utf-16-le"), "Line 1"),
        (b"PK\x03\x04 a workbook", "Line 1"),
        (b"<html>\n</html>", "Line"),
    ],
)
def test_an_inventory_that_is_no_whole_inventory_is_refused_whole(
    client: Client, body: bytes, line: str
) -> None:
    supplier = make.party("big-light")
    make.estate(supplier, make.device(9))
    headers = make.bearer(supplier)

    answer = client.post(LOADS, body, content_type="text/csv", headers=headers)

    assert answer.status_code == 422
    assert line in answer.json()["detail"]
    assert client.get("/api/v1/estate/summary", headers=headers).json()["devices"] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'loads'")
        assert cursor.fetchone()[0] == 1


def test_an_inventory_is_whole_or_of_changes_and_nothing_else(client: Client) -> None:
    headers = make.bearer(make.party("big-light"))

    answer = client.post(f"{LOADS}?mode=part", INVENTORY, content_type="text/csv", headers=headers)

    assert codes(answer) == {("mode", "NOT_A_CHOICE")}


def test_changes_to_no_estate_are_refused(client: Client) -> None:
    headers = make.bearer(make.party("big-light"))

    answer = client.post(f"{LOADS}?mode=delta", INVENTORY, content_type="text/csv", headers=headers)

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("There is no estate that these changes")


@pytest.mark.django_db(transaction=True)
def test_changes_are_taken_in_once(client: Client) -> None:
    supplier = make.party("big-light")
    make.estate(supplier, make.device(1))
    changes, headers = make.inventory(make.device(2)), make.bearer(supplier)

    def send() -> Any:
        return client.post(f"{LOADS}?mode=delta", changes, content_type="text/csv", headers=headers)

    first, again = send(), send()
    finish_loads(at=timezone.now())

    assert (first.status_code, again.status_code) == (202, 409)
    assert "the same file" in again.json()["detail"]
    load = client.get(first["Location"], headers=headers).json()
    assert (load["state"], load["mode"], load["devices"]) == ("DONE", "DELTA", 2)


@pytest.mark.parametrize("slug", ["big-light", "nobody", "", "administrator"])
def test_an_agent_without_a_delegation_reads_the_same_refusal_of_everybody(
    client: Client, slug: str
) -> None:
    make.estate(make.party("big-light"), make.device(1))
    headers = make.bearer(make.party("agent", "REGISTERED_SUPPLIER_AGENT"))

    answer = client.get(f"/api/v1/eligibility?party={slug}", headers=headers)

    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("No Supplier has delegated this")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/firmware/CPL-777777",
        "/api/v1/cpl/%00",
        "/api/v1/submissions/not-an-id",
        "/api/v1/submissions/00000000-0000-0000-0000-000000000000",
        "/api/v1/estate/loads/999999",
        "/api/v1/nowhere",
        "/api/nowhere",
        "/api/v1/firmware/" + "x" * 3000,
    ],
)
def test_what_is_not_there_is_said_in_a_problem_document(client: Client, path: str) -> None:
    kind = "LARGE_SUPPLIER" if "estate" in path else "ADMINISTRATOR"

    answer = client.get(path, headers=make.bearer(make.party("asker", kind)))

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["Bearer", "Basic abc", "Bearer ", "fir_x", "Bearer a\x00b"])
def test_a_key_that_will_not_do_is_told_how_to_be_sent(client: Client, header: str) -> None:
    answer = client.get("/api/v1/feed", headers={"authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["detail"]


def test_a_fault_of_firs_own_is_no_bare_500(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = make.bearer(make.party("big-light"))

    def breaks(**_: object) -> None:
        raise RuntimeError("secret particulars")

    monkeypatch.setattr("fir.api.views.feed.feed_page", breaks)
    answer = client.get("/api/v1/feed", headers=headers)

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "secret" not in answer.content.decode()
