"""Lists of Devices as a Supplier's system fetches them, whole or from where it broke off."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fir.eligibility import lists
from fir.eligibility.queries import findings_of
from fir.parties.delegating import revoke_delegation
from fir.parties.scopes import Scope
from tests import make
from tests.fir.api.asking import Asker, codes

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
DEVICES = "/eligibility/devices"


@pytest.fixture
def supplier(monkeypatch: pytest.MonkeyPatch) -> Party:
    """A Supplier with seven meters that may take CPL-000002 and two that run it; pages of two."""
    monkeypatch.setattr(lists, "PAGE", 2)
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.estate(
        supplier,
        *(make.device(n) for n in range(1, 8)),
        *(make.device(n, DeviceFirmwareVersion="00000002") for n in (8, 9)),
    )
    return supplier


@pytest.fixture
def asker(supplier: Party) -> Asker:
    return Asker(supplier)


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    whole = b"".join(answer.streaming_content)
    if "Content-Length" in answer.headers:
        assert len(whole) == int(answer.headers["Content-Length"])
    return whole


def ids(answer: Any) -> list[str]:
    heading, *found = body(answer).decode().split("\n")
    assert (heading, found[-1]) == ("DeviceID", "")
    return found[:-1]


def archive(answer: Any) -> dict[str, bytes]:
    assert answer.headers["Content-Type"] == "application/zip"
    with ZipFile(io.BytesIO(body(answer))) as held:
        return {name: held.read(name) for name in held.namelist()}


def finding_id(supplier: Party, outcome: str = "ELIGIBLE") -> Any:
    (finding,) = findings_of(Scope(supplier), outcome=outcome)
    return finding.pk


def numbered(*numbers: int) -> list[str]:
    return [make.device_id(number) for number in numbers]


def test_a_filter_names_its_devices(asker: Asker) -> None:
    answer = asker.get(f"{DEVICES}?outcome=eligible&device_type=ESME&target=CPL-000002")

    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["FIR-Devices"] == "7"
    assert ids(answer) == numbered(*range(1, 8))
    assert sorted(ids(asker.get(DEVICES))) == numbered(*range(1, 10))
    assert ids(asker.get(f"{DEVICES}?device_type=GSME")) == []


def test_a_finding_names_its_devices(asker: Asker, supplier: Party) -> None:
    answer = asker.get(f"/eligibility/{finding_id(supplier)}/devices")

    assert ids(answer) == numbered(*range(1, 8))


def test_whoever_accepts_objects_gets_objects(asker: Asker) -> None:
    headers = {**asker.headers, "accept": "application/x-ndjson"}
    answer = asker.client.get(f"/api/v1{DEVICES}?outcome=UP_TO_DATE", headers=headers)

    assert answer.headers["Content-Type"] == "application/x-ndjson"
    objects = [json.loads(line) for line in body(answer).splitlines()]
    assert objects == [{"device_id": one} for one in numbered(8, 9)]


def test_what_broke_off_is_gone_on_with_anywhere(asker: Asker) -> None:
    first = asker.get(DEVICES)
    load, whole = first.headers["FIR-Load-Id"], ids(first)

    for place, after in enumerate(whole, 1):
        rest = asker.get(f"{DEVICES}?after={after}&load={load}")
        assert ids(rest) == whole[place:]
        assert rest.headers["FIR-Devices"] == "9"


def test_no_part_of_one_load_is_gone_on_with_in_another(asker: Asker, supplier: Party) -> None:
    first = asker.get(DEVICES)
    after = ids(first)[3]
    make.estate(supplier, make.device(1))

    answer = asker.get(f"{DEVICES}?after={after}&load={first.headers['FIR-Load-Id']}")

    assert answer.status_code == 409
    assert "ask for it anew" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("after=00-00-00-00-00-00-07-77", "after", "NOT_ON_THE_LIST"),
        ("after=CPL-000001", "after", "NOT_A_DEVICE_ID"),
        ("after=00-00-00-00-00-00-00-08&outcome=ELIGIBLE", "after", "NOT_ON_THE_LIST"),
        ("load=none", "load", "NOT_A_NUMBER"),
        ("outcome=MAYBE", "outcome", "NOT_A_CHOICE"),
        ("device_type=TOASTER", "device_type", "NOT_A_CHOICE"),
        ("target=CPL-777777", "target", "NOT_A_TARGET"),
        ("colour=red", "colour", "PARAMETER_UNKNOWN"),
    ],
)
def test_what_cannot_be_asked_is_told(asker: Asker, query: str, field: str, code: str) -> None:
    assert (field, code) in codes(asker.get(f"{DEVICES}?{query}"))


@pytest.mark.parametrize("form", ["devices", "batches", "requests"])
def test_a_finding_of_somebody_else_does_not_exist(supplier: Party, form: str) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(other, make.device(1))
    own, others = finding_id(other), finding_id(supplier)

    answers = [Asker(other).get(f"/eligibility/{one}/{form}") for one in (own, others, uuid4())]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[1].content == answers[2].content


def test_an_agent_gets_what_is_delegated_until_it_is_taken_back(supplier: Party) -> None:
    party = make.party("agent", "REGISTERED_SUPPLIER_AGENT")
    agent = Asker(party)
    finding = finding_id(supplier)
    assert agent.get(f"{DEVICES}?party=big-light").status_code == 403
    given = make.delegated(supplier, party, at=timezone.now())

    assert ids(agent.get(f"{DEVICES}?party=big-light&outcome=ELIGIBLE")) == numbered(*range(1, 8))
    assert ids(agent.get(f"/eligibility/{finding}/devices?party=big-light")) == numbered(
        *range(1, 8)
    )
    held = archive(agent.get("/eligibility/requests?party=big-light"))
    assert sorted(held) == ["11.1-ESME-CPL-000002-00001.xml", "manifest.json"]
    assert "11.3" in json.loads(held["manifest.json"])["withheld"]

    revoke_delegation(delegation=given, by=make.actor(supplier), at=timezone.now())
    assert agent.get(f"{DEVICES}?party=big-light").status_code == 403


@pytest.mark.parametrize("form", ["devices", "batches", "requests"])
def test_only_a_supplier_has_lists(supplier: Party, form: str) -> None:
    askers = [
        Asker(make.party("agent", "REGISTERED_SUPPLIER_AGENT")),
        Asker(make.party("wires", "NETWORK_PARTY")),
        Asker(make.party("assets", "METER_ASSET_PROVIDER")),
        Asker(make.maker("others", "F1A2")),
    ]
    for asker in askers:
        for path in (f"/eligibility/{form}", f"/eligibility/{finding_id(supplier)}/{form}"):
            assert asker.get(path).status_code == 403
            assert asker.get(f"{path}?party=big-light").status_code == 403


def test_batches_come_as_an_archive(asker: Asker, settings: Any) -> None:
    settings.DEVICES_IN_A_REQUEST = 3

    held = archive(asker.get("/eligibility/batches?outcome=ELIGIBLE"))

    sizes = {name: len(text.split()) - 1 for name, text in held.items() if name.endswith(".csv")}
    assert sorted(sizes.values()) == [1, 3, 3]
    assert json.loads(held["manifest.json"])["devices"] == 7


def test_requests_come_as_an_archive(asker: Asker, supplier: Party) -> None:
    for path in ("/eligibility", f"/eligibility/{finding_id(supplier)}"):
        answer = asker.get(f"{path}/requests")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="requests.zip"'
        assert sorted(archive(answer)) == [
            "11.1-ESME-CPL-000002-00001.xml",
            "11.3-ESME-CPL-000002.xml",
            "manifest.json",
        ]


def test_a_load_that_went_is_no_server_error(asker: Asker, supplier: Party) -> None:
    load = asker.get(DEVICES).headers["FIR-Load-Id"]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE loads.device_{load}")

    for form in ("devices", "batches", "requests"):
        answer = asker.get(f"/eligibility/{form}")
        assert (form, answer.status_code) == (form, 409)
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_supplier_without_an_estate_gets_an_empty_list() -> None:
    asker = Asker(make.party("small-gas", "SMALL_SUPPLIER"))

    answer = asker.get(DEVICES)

    assert (ids(answer), answer.headers["FIR-Load-Id"]) == ([], "")
    assert list(archive(asker.get("/eligibility/requests"))) == ["manifest.json"]


def test_it_is_asked_as_often_whatever_the_number_of_devices(
    asker: Asker, supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 50_000)
    spent = []
    for number in (5, 500):
        make.estate(supplier, *(make.device(n) for n in range(1, number + 1)))
        with CaptureQueriesContext(connection) as held:
            assert len(ids(asker.get(DEVICES))) == number
        spent.append(len(held))
    assert spent[0] == spent[1]
