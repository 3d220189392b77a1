"""Every way to a release, as a system asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.ledger.queries import last_seq
from fir.parties.operations import issue_key, operator
from fir.parties.permissions import Permission
from tests import make

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
WAYS = "/api/v1/firmware/{}/ways"


@pytest.fixture
def supplier() -> Party:
    """A Supplier with two devices of CPL-000001, from where two ways lead to CPL-000004."""
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    for number, over in ((2, [1]), (3, [1]), (4, [2, 3]), (5, [1])):
        named = [f"CPL-{one:06d}" for one in over]
        make.published(maker, administrator, number, predecessors=named)
    make.estate(supplier, make.device(1), make.device(2), at=timezone.now())
    return supplier


def ask(client: Client, headers: dict[str, str], entry: str = "CPL-000004") -> Any:
    answer = client.get(WAYS.format(entry), headers=headers)
    assert answer.status_code == 200
    return answer.json()


def by_entry(body: Any) -> dict[str, Any]:
    return {way["installed"]["cpl_entry_id"]: way for way in body["results"]}


def test_each_way_is_told_whole_with_the_supplier_s_own_devices(
    client: Client, supplier: Party
) -> None:
    body = ask(client, make.bearer(supplier))
    way = by_entry(body)["CPL-000001"]

    assert body["target"] == {"cpl_entry_id": "CPL-000004", "firmware_version": "00000004"}
    assert (body["seq"], body["findings"]["complete"]) == (last_seq(), True)
    assert [(hop["cpl_entry_id"], hop["requests"]) for hop in way["route"]] == [
        ("CPL-000002", ["11.1", "11.3"]),
        ("CPL-000004", ["11.1", "11.3"]),
    ]
    assert (way["devices"], way["message"]) == (2, "In 2 steps.")
    assert way["alternatives"] == [["CPL-000003", "CPL-000004"]]
    assert way["dead_ends"] == ["CPL-000005"]
    assert [way[name] for name in ("through_removed", "unknown", "is_behind")] == [False] * 3


@pytest.mark.parametrize(
    ("target", "installed", "said"),
    [
        ("CPL-000001", "CPL-000004", "is_behind"),
        ("CPL-000005", "CPL-000002", ""),
        ("CPL-000006", "CPL-000004", "unknown"),
    ],
)
def test_where_no_way_leads_there_are_three_answers(
    client: Client, supplier: Party, target: str, installed: str, said: str
) -> None:
    make.listed(make.row(6))

    way = by_entry(ask(client, make.bearer(supplier), target))[installed]

    assert way["route"] == []
    assert [name for name in ("unknown", "is_behind") if way[name]] == ([said] if said else [])


def test_who_has_no_devices_to_see_is_told_the_ways_alone(client: Client, supplier: Party) -> None:
    blind = issue_key(
        party=supplier, name="reads", permissions=[Permission.VIEW_RECORDS], by=operator(),
        at=make.AT,
    )  # fmt: skip

    for headers in (
        make.bearer(make.party("wires", "NETWORK_PARTY")),
        {"authorization": f"Bearer {blind}"},
    ):
        body = ask(client, headers)

        assert body["findings"] is None
        assert {way["devices"] for way in body["results"]} == {None}


def test_another_suppliers_devices_are_never_counted(client: Client, supplier: Party) -> None:
    other = make.party("other")
    make.estate(other, make.device(50), at=timezone.now())

    assert by_entry(ask(client, make.bearer(other)))["CPL-000001"]["devices"] == 1


@pytest.mark.parametrize("entry", ["CPL-777777", "x%20y", "%00"])
def test_there_are_no_ways_to_what_is_not_listed(
    client: Client, supplier: Party, entry: str
) -> None:
    assert client.get(WAYS.format(entry), headers=make.bearer(supplier)).status_code == 404
