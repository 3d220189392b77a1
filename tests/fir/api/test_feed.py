"""The feed, as a Supplier's system meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests import make

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
FEED = "/api/v1/feed"


@pytest.fixture
def supplier() -> Party:
    return make.party("big-light")


def feed(client: Client, headers: dict[str, str], query: str = "") -> Any:
    return client.get(f"{FEED}{query}", headers=headers)


def test_pages_follow_one_another_without_gap_or_repeat(client: Client, supplier: Party) -> None:
    headers = make.bearer(supplier)
    make.listed(*(make.row(n) for n in range(1, 8)))

    first = feed(client, headers, "?after=0&limit=4").json()
    second = feed(client, headers, f"?after={first['next_after']}&limit=1000").json()

    seqs = [event["seq"] for event in first["events"] + second["events"]]
    assert seqs == list(range(1, second["head"] + 1))
    assert second["next_after"] == second["head"]


def test_at_the_head_there_is_nothing_more(client: Client, supplier: Party) -> None:
    headers = make.bearer(supplier)
    head = feed(client, headers).json()["head"]

    page = feed(client, headers, f"?after={head}").json()

    assert page == {"events": [], "next_after": head, "head": head}


def test_an_unchanged_page_costs_a_304(client: Client, supplier: Party) -> None:
    headers = make.bearer(supplier)
    etag = feed(client, headers).headers["ETag"]

    again = feed(client, {**headers, "if-none-match": etag})
    make.listed(make.row(1))
    changed = feed(client, {**headers, "if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    assert changed.status_code == 200


def test_an_etag_that_a_proxy_made_weak_still_counts(client: Client, supplier: Party) -> None:
    headers = make.bearer(supplier)
    etag = feed(client, headers).headers["ETag"]

    assert feed(client, {**headers, "if-none-match": f"W/{etag}"}).status_code == 304


def test_an_etag_of_one_party_says_nothing_to_another(client: Client, supplier: Party) -> None:
    other = make.bearer(make.party("small-gas", "SMALL_SUPPLIER"))
    etag = feed(client, make.bearer(supplier)).headers["ETag"]

    answer = feed(client, {**other, "if-none-match": etag})

    assert answer.status_code == 200


def test_what_is_served_may_be_kept_by_the_asker_alone(client: Client, supplier: Party) -> None:
    answer = feed(client, make.bearer(supplier))

    assert "private" in answer.headers["Cache-Control"]
    assert "Authorization" in answer.headers["Vary"]


def test_a_rivals_news_is_its_place_and_its_hash_alone(client: Client, supplier: Party) -> None:
    rival = make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(rival, make.device(1))

    events = feed(client, make.bearer(supplier)).json()["events"]

    assert [e for e in events if e.get("kind") == "ESTATE_LOADED"] == []
    assert {"seq", "leaf_hash"} in [set(event) for event in events]
    assert "small-gas" not in str(events)


@pytest.mark.parametrize(
    "query",
    [
        "?after=-1",
        "?after=x",
        "?after=1e3",
        "?after=99999999999999999999",
        "?limit=0",
        "?limit=1001",
        "?limit=٣",
        "?since=3",
        "?after=1&nonsense=1",
        "?after=%00",
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(
    client: Client, supplier: Party, query: str
) -> None:
    answer = feed(client, make.bearer(supplier), query)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    (fault,) = answer.json()["errors"]
    assert fault["field"] in query
    assert fault["message"]
