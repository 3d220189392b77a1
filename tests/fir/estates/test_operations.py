"""A load swaps in whole or not at all, and no Supplier ever waits for or sees another's."""

from __future__ import annotations

import gzip
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from psycopg.sql import SQL, Identifier

from cpl.device_ids import device_id_to_number
from fir.estates import building, tables
from fir.estates.models import Cohort, Estate, EstateLoad, LoadNote
from fir.estates.operations import (
    PAUSE_AFTER_A_FAILURE,
    EstateRefused,
    LoadNotHeld,
    NotASupplier,
    accept_load,
    finish_load,
    finish_loads,
    finishing,
    receive_load,
)
from fir.estates.queries import find_load, loads_of, standing_load_of
from fir.estates.sweep import sweep_loads
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from tests import make
from tests.fir.estates.loads import (
    DAY,
    HUB,
    MOMENT,
    devices_of,
    homes,
    indexes_of,
    loaded,
    numbers,
    received,
    tables_of_loads,
    whole,
)
from tests.fir.submissions.at_once import at_once, elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from fir.parties.models import Party

RESPONSE = Path(__file__).parents[2] / "data" / "read-inventory-response.xml"


class KilledError(BaseException):
    """The worker is gone in the middle of what it did."""


# Receiving


@pytest.mark.django_db
def test_a_received_load_waits_and_changes_nothing_yet(supplier: Party) -> None:
    data = gzip.compress(make.inventory(*homes(3)))

    load = received(supplier, data=data)

    assert (load.state, load.rows_read, load.rows_bad) == ("QUEUED", 3, 0)
    assert load.bytes_read == len(data)
    assert standing_load_of(supplier) is None
    assert not LedgerEvent.objects.filter(kind="ESTATE_LOADED").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("category", ["DEVICE_MANUFACTURER", "NETWORK_PARTY", "DCC"])
def test_only_a_supplier_has_an_estate(category: str) -> None:
    party = make.party("somebody", category)

    with pytest.raises(NotASupplier):
        received(party, make.device(1))

    assert not EstateLoad.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("category", ["LARGE_SUPPLIER", "SMALL_SUPPLIER"])
@pytest.mark.parametrize("roles", [[], ["ED", "RSA"]])
def test_a_supplier_in_neither_role_has_no_estate(
    category: str, roles: list[str], client: Client
) -> None:
    party = make.party("somebody", category, user_roles=roles)

    with pytest.raises(NotASupplier):
        received(party, make.device(1))
    answer = client.post(
        "/api/v1/estate/loads",
        make.inventory(make.device(1)),
        content_type="text/csv",
        headers=make.bearer(party),
    )

    assert answer.status_code == 403
    assert not EstateLoad.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("roles", "said"), [(["IS"], "IS"), (["GS"], "GS"), (["GS", "IS"], "IS+GS")]
)
def test_a_supplier_in_one_role_has_an_estate_in_that_role(roles: list[str], said: str) -> None:
    party = make.party(user_roles=roles)

    loaded(party, make.device(1))

    assert Cohort.objects.get().responsible_roles == said


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["ESTATE_MOST_ROWS", "ESTATE_MOST_CONFIGURATIONS"])
def test_an_inventory_beyond_any_estate_is_refused_by_its_line(
    supplier: Party, settings: Any, limit: str
) -> None:
    setattr(settings, limit, 2)
    versions = ("00000001", "00000002", "00000003")
    devices = [make.device(n, DeviceFirmwareVersion=v) for n, v in enumerate(versions, start=1)]
    received(supplier, *devices[:2])
    before = tables_of_loads()

    with pytest.raises(EstateRefused, match=r"^Line 4: More than 2 "):
        received(supplier, *devices)

    assert loads_of(supplier)[0].state == "REFUSED"
    assert tables_of_loads() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (make.inventory(), 1),
        (make.inventory(*homes(3))[:-20], 4),
        (gzip.compress(make.inventory(*homes(3)), mtime=0)[:-9], 1),
        (RESPONSE.read_bytes()[:4000], 82),
    ],
)
def test_what_cannot_be_read_whole_is_refused_by_its_line_and_changes_nothing(
    supplier: Party, data: bytes, line: int
) -> None:
    standing = loaded(supplier, make.device(1))
    before = tables_of_loads()

    with pytest.raises(EstateRefused, match=f"^Line {line}: ") as refusal:
        received(supplier, data=data)

    load = loads_of(supplier)[0]
    assert (load.state, load.refusal) == ("REFUSED", str(refusal.value))
    assert not LoadNote.objects.filter(load=load).exists()
    assert tables_of_loads() == before
    sweep_loads(at=make.AT + DAY)
    assert standing_load_of(supplier) == standing
    assert tables_of_loads() == {f"device_{standing.pk}"}


@pytest.mark.django_db
def test_a_stream_that_breaks_is_an_interrupted_load(supplier: Party) -> None:
    def broken() -> Iterator[bytes]:
        yield make.inventory(*homes(3))
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        receive_load(party=supplier, pieces=broken(), by=make.actor(supplier), at=make.AT)

    load = EstateLoad.objects.get()
    assert (load.state, load.bytes_read) == ("INTERRUPTED", len(make.inventory(*homes(3))))
    assert tables_of_loads() == set()
    assert finish_loads(at=make.AT) == 0


@pytest.mark.django_db
def test_a_device_that_comes_twice_counts_once_and_the_first_row_stands(supplier: Party) -> None:
    again = make.device(1, DeviceFirmwareVersion="00000002")

    load = loaded(supplier, *homes(250), again, make.device(1))

    assert (load.state, load.rows_read, load.rows_bad, load.devices) == ("DONE", 252, 2, 250)
    assert load.notes_by_reason == {"DEVICE_REPEATED": 1, "DEVICE_REPEATED_OTHERWISE": 1}
    notes = LoadNote.objects.filter(load=load).order_by("line")
    assert [(n.line, n.reason, n.value, n.kept) for n in notes] == [
        (252, "DEVICE_REPEATED_OTHERWISE", make.device_id(1), False),
        (253, "DEVICE_REPEATED", make.device_id(1), False),
    ]
    assert set(Cohort.objects.values_list("firmware_version", flat=True)) == {"00000001"}


@pytest.mark.django_db
@pytest.mark.parametrize(("bad", "named"), [(0, 3), (2, 1), (4, 0)])
def test_all_repeated_devices_are_counted_and_the_first_are_named(
    supplier: Party, settings: Any, bad: int, named: int
) -> None:
    settings.ESTATE_BAD_ROWS_REPORTED = 3
    rows = homes(10 + bad, bad)

    load = loaded(supplier, *rows, *rows[4::-1])

    assert load.notes_by_reason.pop("DEVICE_REPEATED") == 5
    assert load.notes_by_reason == ({"NOT_A_DEVICE_ID": bad} if bad else {})
    assert (load.rows_read, load.rows_bad) == (15 + bad, 5 + bad)
    notes = LoadNote.objects.filter(load=load, reason="DEVICE_REPEATED").order_by("id")
    first = 12 + bad
    assert [(note.line, note.value) for note in notes] == [
        (first + place, make.device_id(5 - place)) for place in range(named)
    ]
    assert sum(cohort.device_count for cohort in Cohort.objects.filter(load=load)) == 10


@pytest.mark.django_db
def test_the_report_is_cut_and_the_counts_are_not(supplier: Party, settings: Any) -> None:
    settings.ESTATE_BAD_ROWS_REPORTED = 3

    load = received(supplier, *homes(20, bad=5))

    assert load.notes_by_reason == {"NOT_A_DEVICE_ID": 5}
    assert LoadNote.objects.filter(load=load).count() == 3


# Finishing


@pytest.mark.django_db
def test_a_load_swaps_in_whole_and_its_supplier_alone_hears_of_it(supplier: Party) -> None:
    load = loaded(supplier, *homes(3), HUB)

    whole(load, devices=4)
    assert set(devices_of(load)) == numbers(1, 2, 3, 9)
    event = LedgerEvent.objects.get(kind="ESTATE_LOADED")
    assert payload_of(event) == {"load_id": load.pk, "devices": 4, "rows_bad": 0}
    assert event.audience == ["party:big-light"]
    assert event.by_party == "big-light"


@pytest.mark.django_db
def test_the_previous_estate_stands_until_the_swap(supplier: Party) -> None:
    first = loaded(supplier, make.device(1))

    second = received(supplier, make.device(2))
    assert standing_load_of(supplier) == first
    assert set(devices_of(first)) == numbers(1)
    finish_loads(at=make.AT)

    assert standing_load_of(supplier) == second
    assert set(devices_of(second)) == numbers(2)
    first.refresh_from_db()
    assert first.replaced_at
    assert first.replaced_at >= make.AT


@pytest.mark.django_db
def test_hub_facts_stand_where_rules_read_them_and_nowhere_else(supplier: Party) -> None:
    under_hub = {"CHFDeviceID": make.device_id(9)}
    no_hub = make.device(8, DeviceType="ESME")

    load = loaded(
        supplier,
        HUB,
        no_hub,
        make.device(1, **under_hub),
        make.device(2, DeviceType="GPF", **under_hub),
        make.device(3, DeviceType="PPMID", **under_hub),
        make.device(4, DeviceType="HCALCS", **under_hub),
        make.device(5, DeviceType="PPMID", CHFDeviceID=make.device_id(77)),  # not in the estate
        make.device(6, DeviceType="PPMID", CHFDeviceID=make.device_id(8)),  # no hub at all
        make.device(7, DeviceType="PPMID"),
    )

    cohorts = Cohort.objects.filter(load=load)
    seen = {(c.device_type, c.hub_manufacturer, c.hub_model, c.hub_version) for c in cohorts}
    hub = (make.MAKER, "00090000", "00000005")
    assert seen == {
        *((kind, "", "", "") for kind in ("CHF", "ESME", "GPF", "PPMID")),
        ("PPMID", *hub),
        ("HCALCS", *hub),
    }
    assert cohorts.get(device_type="PPMID", hub_model="").device_count == 3
    assert cohorts.get(device_type="ESME").device_count == 2
    whole(load, devices=9)


@pytest.mark.django_db
def test_devices_share_a_cohort_when_they_share_every_fact_and_only_then(supplier: Party) -> None:
    differences = [
        {},
        {"DeviceType": "GSME"},
        {"DeviceStatus": "Pending"},
        {"DeviceManufacturer": "F1A2"},
        {"DeviceModel": "00010102"},
        {"DeviceFirmwareVersion": "00000002"},
    ]
    devices = [
        make.device(2 * number + twin, **changes)
        for number, changes in enumerate(differences, start=1)
        for twin in (0, 1)
    ]

    load = loaded(supplier, *devices)

    assert [c.device_count for c in Cohort.objects.filter(load=load)] == [2] * len(differences)
    whole(load, devices=2 * len(differences))


@pytest.mark.django_db
def test_what_no_list_can_hold_is_kept_and_counted(supplier: Party) -> None:
    odd = make.device(2, DeviceManufacturer="GFI", DeviceModel="9001", DeviceFirmwareVersion="9001")

    load = loaded(supplier, make.device(1), odd)

    assert (load.state, load.rows_bad, load.devices) == ("DONE", 0, 2)
    assert Cohort.objects.get(load=load, listable=False).device_model == "9001"


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "bad", "state"), [(100, 1, "DONE"), (99, 1, "HELD")])
def test_a_load_is_held_when_more_than_one_row_in_a_hundred_is_bad(
    supplier: Party, rows: int, bad: int, state: str
) -> None:
    assert loaded(supplier, *homes(rows, bad)).state == state


@pytest.mark.django_db
def test_a_held_load_changes_nothing_until_it_is_accepted(supplier: Party) -> None:
    first = loaded(supplier, make.device(1))
    held = loaded(supplier, *homes(10, bad=2))
    assert (held.state, standing_load_of(supplier)) == ("HELD", first)
    sweep_loads(at=make.AT + DAY)
    assert f"device_{held.pk}" in tables_of_loads()

    accept_load(load=held, by=make.actor(supplier), at=make.AT)

    held.refresh_from_db()
    assert (held.state, held.accepted, held.devices) == ("COMPARING", True, 8)
    assert standing_load_of(supplier) == held
    finish_loads(at=make.AT)
    held.refresh_from_db()
    assert (held.state, held.former) == ("DONE", first)
    assert held.compared_at
    assert LedgerEvent.objects.filter(kind="ESTATE_LOADED").count() == 2
    with pytest.raises(LoadNotHeld):
        accept_load(load=held, by=make.actor(supplier), at=make.AT)


@pytest.mark.django_db
def test_only_a_held_load_can_be_accepted(supplier: Party) -> None:
    waiting = received(supplier, make.device(1))

    with pytest.raises(LoadNotHeld):
        accept_load(load=waiting, by=make.actor(supplier), at=make.AT)

    assert standing_load_of(supplier) is None


@pytest.mark.django_db
def test_an_inventory_of_bad_rows_alone_is_held(supplier: Party) -> None:
    load = loaded(supplier, *homes(3, bad=3))

    assert (load.state, load.devices) == ("HELD", 0)


@pytest.mark.django_db
def test_two_suppliers_loads_are_separate(supplier: Party) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    first = received(supplier, make.device(1), make.device(2))
    second = received(other, make.device(2, DeviceFirmwareVersion="00000002"))

    assert finish_loads(at=make.AT) == 2

    assert set(devices_of(first)) == numbers(1, 2)
    assert set(devices_of(second)) == numbers(2)
    assert (standing_load_of(supplier), standing_load_of(other)) == (first, second)
    assert find_load(other, first.pk) is None
    assert list(loads_of(other)) == [second]


@pytest.mark.django_db
def test_one_suppliers_trouble_holds_up_no_other(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    first, second = received(supplier, make.device(1)), received(other, make.device(2))
    build = building.build_devices

    def fails_for_the_first(load: EstateLoad) -> None:
        if load == first:
            raise RuntimeError("the disk is full")
        build(load)

    monkeypatch.setattr(building, "build_devices", fails_for_the_first)
    finish_loads(at=make.AT)
    assert (standing_load_of(supplier), standing_load_of(other)) == (None, second)
    monkeypatch.undo()
    finish_loads(at=make.AT)
    assert standing_load_of(supplier) is None  # it has its pause, however often one rings

    finish_loads(at=make.AT + PAUSE_AFTER_A_FAILURE + MOMENT)

    assert standing_load_of(supplier) == first


@pytest.mark.django_db
def test_a_response_without_line_breaks_loses_no_device_for_one_that_is_repeated(
    supplier: Party,
) -> None:
    response = re.sub(rb">\s+<", b"><", RESPONSE.read_bytes())
    devices = re.findall(rb"<(\w+:)?Device>.*?</(?:\w+:)?Device>", response)
    first = re.search(rb"<(?:\w+:)?Device>.*?</(?:\w+:)?Device>", response)
    assert first
    twice = response.replace(first[0], first[0] * 2)

    load = loaded(supplier, data=twice)

    assert (load.rows_read, load.rows_bad) == (len(devices) + 1, 1)
    assert load.notes_by_reason["DEVICE_REPEATED"] == 1
    accept_load(load=load, by=make.actor(supplier), at=make.AT)
    assert len(devices_of(load)) == len(devices) == 6


@pytest.mark.django_db
def test_what_an_earlier_release_received_uncounted_is_counted(supplier: Party) -> None:
    load = received(supplier, *homes(3), HUB)
    Cohort.objects.filter(load=load).update(device_count=0)

    finish_loads(at=make.AT)

    whole(load, devices=4)


# A worker that dies


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("where", "step", "state"),
    [
        (building, "place_waiting", "READING"),
        (building, "build_devices", "READING"),
        (building, "no_device_twice", "INDEXING"),
        (building, "index_devices", "INDEXING"),
        (finishing, "_swap", "INDEXING"),
        (finishing, "append_events", "INDEXING"),
    ],
)
def test_a_worker_that_dies_anywhere_loses_nothing(
    supplier: Party,
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    step: str,
    state: str,
    done: bool,
) -> None:
    load = received(supplier, *homes(3), HUB)
    take_the_step = getattr(where, step)

    def die(*args: Any, **more: Any) -> None:
        if done:
            take_the_step(*args, **more)
        raise KilledError

    monkeypatch.setattr(where, step, die)
    with pytest.raises(KilledError):
        finish_loads(at=make.AT)
    monkeypatch.undo()
    load.refresh_from_db()
    assert load.state == state
    assert standing_load_of(supplier) is None
    assert indexes_of(load) == 0

    assert finish_loads(at=make.AT) == 1

    whole(load, devices=4)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["QUEUED", "READING"])
def test_a_load_left_in_a_phase_starts_over_from_what_was_received(
    supplier: Party, state: str
) -> None:
    load = received(supplier, *homes(3))
    EstateLoad.objects.update(state=state)

    finish_loads(at=make.AT)

    whole(load, devices=3)


# Two workers


@pytest.mark.django_db(transaction=True)
def test_two_workers_finish_a_load_once(supplier: Party) -> None:
    load = received(supplier, *homes(3), HUB)

    answers = at_once(*[lambda: finish_load(load=EstateLoad.objects.get(), at=make.AT)] * 3)

    assert not any(isinstance(answer, Exception) for answer in answers)
    assert any(answers)
    whole(load, devices=4)


@pytest.mark.django_db(transaction=True)
def test_a_suppliers_loads_wait_for_the_worker_at_them_and_others_do_not(supplier: Party) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    first, second = received(supplier, make.device(1)), received(other, make.device(2))
    assert tables.try_lock(supplier.pk)

    finished = elsewhere(lambda: finish_loads(at=make.AT))

    assert finished == 1
    assert (standing_load_of(supplier), standing_load_of(other)) == (None, second)
    tables.unlock(supplier.pk)
    assert finish_loads(at=make.AT) == 1
    assert standing_load_of(supplier) == first


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_a_held_load_swap_it_once(supplier: Party) -> None:
    held, by = loaded(supplier, *homes(10, bad=2)), make.actor(supplier)

    answers = at_once(*[lambda: accept_load(load=held, by=by, at=make.AT)] * 2)

    assert {type(answer) for answer in answers} == {EstateLoad, LoadNotHeld}
    assert LedgerEvent.objects.filter(kind="ESTATE_LOADED").count() == 1


# No address


def everything_stored() -> str:
    """Every row of every table, those of the loads included, as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'loads')"
        )
        held = []
        for schema, table in cursor.fetchall():
            cursor.execute(SQL("SELECT t::text FROM {} AS t").format(Identifier(schema, table)))
            held += [f"{table} {row[0]}" for row in cursor.fetchall()]
    return "\n".join(held)


@pytest.mark.django_db
def test_no_address_of_a_response_reaches_the_database_or_the_log(
    supplier: Party, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    data = RESPONSE.read_bytes()
    private = ["ZZ1 1ZZ", "ZZ11ZZ", "123456789012"]
    assert private[0].encode() in data
    assert private[2].encode() in data

    received(supplier, data=data)
    with pytest.raises(EstateRefused):
        received(supplier, data=data[: data.rindex(b"</sr:Device>")])
    finish_loads(at=make.AT)
    stored = everything_stored()

    assert "GFI" in stored
    assert str(device_id_to_number("30-EB-5A-FF-FF-08-DD-11")) in stored
    for secret in private:
        assert secret not in stored
        assert secret not in caplog.text


@pytest.mark.django_db
def test_no_address_of_a_shifted_row_reaches_the_database_or_the_log(
    supplier: Party, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [
        "12 Acacia Avenue",
        "Acacia",
        "Twickenham",
        "TW1 3DY",
        "1200023305967",
        "100023336956",
    ]
    headings = "UPRN,Street,Town,PostCode,ImportMPxN," + make.CSV_HEADINGS
    good = ",".join(make.device(1).values())
    rows = [
        headings,
        f"100023336956,12 Acacia Avenue,Twickenham,TW1 3DY,1200023305967,{good}",
        # A comma within the address shifts all that follows; a lost column shifts it back.
        f"100023336956,12, Acacia Avenue,Twickenham,TW1 3DY,1200023305967,{good}",
        f"12 Acacia Avenue,Twickenham,TW1 3DY,1200023305967,{good}",
        f",,,,,{make.device_id(4)},ESME,12 Acacia Avenue,Twickenham,TW1 3DY,1200023305967,TW1 3DY",
        f",,,,,{make.device_id(5)},ESME,COMMISSIONED,100023336956,1200023305967,100023336956,TW1",
        ",,,,,1200023305967,12 Acacia Avenue,,,,,",
        ",,,,,,,,,,,",
    ]  # fmt: skip

    with pytest.raises(EstateRefused, match=r"^Line 8: "):
        received(supplier, data="\n".join(rows).encode())  # its last line is not ended
    load = received(supplier, data="\n".join([*rows, ""]).encode())
    finish_loads(at=make.AT)
    stored = everything_stored()

    load.refresh_from_db()
    assert (load.rows_read, load.rows_bad) == (7, 4)
    assert load.notes_by_reason["CELLS_TOO_MANY"] == 1
    for secret in secrets:
        assert secret not in stored
        assert secret.upper() not in stored
        assert secret not in caplog.text


@pytest.mark.django_db
def test_an_estate_is_nobody_elses_to_find(supplier: Party) -> None:
    load = loaded(supplier, make.device(1))
    stranger = make.party("small-gas", "SMALL_SUPPLIER")

    assert find_load(stranger, load.pk) is None
    assert standing_load_of(stranger) is None
    assert Estate.objects.get().party == supplier
