"""Steps that write the list: only inside an operation, and one writer at a time."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections, transaction

from cpl.models import CPLEntry, DeviceModel, ListedEntry, Manufacturer
from cpl.operations import (
    LIST_LOCK,
    StepOutsideOperation,
    add_entries,
    certify_entries,
    change_status,
    ensure_manufacturer,
    lock_list,
    revise_entries,
)
from cpl.queries import next_entry_ids
from tests import make
from tests.cloning import url_of

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = uuid.UUID(int=0)
STEPS: dict[str, Callable[[], object]] = {
    "lock_list": lock_list,
    "ensure_manufacturer": lambda: ensure_manufacturer(identifier="F1A1", name="Fine Meters"),
    "add_entries": lambda: added(make.row(1)),
    "revise_entries": lambda: revise_entries([], by=NOBODY, at=make.AT),
    "certify_entries": lambda: certify_entries([], by=NOBODY, at=make.AT),
    "change_status": lambda: change_status([], by=NOBODY, at=make.AT),
}


def added(*rows: Any) -> dict[str, int]:
    return add_entries(rows, by=NOBODY, at=make.AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_outside_an_operations_transaction_is_refused(step: str) -> None:
    with pytest.raises(StepOutsideOperation):
        STEPS[step]()

    assert not CPLEntry.objects.exists()
    assert not Manufacturer.objects.exists()


@pytest.mark.django_db
def test_the_same_device_model_twice_makes_one_row() -> None:
    added(make.row(1), make.row(2))
    added(make.row(3))

    assert DeviceModel.objects.count() == 1
    assert CPLEntry.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "differing",
    [
        {"device_type": "GSME"},
        {"manufacturer_identifier": "F1A2"},
        {"device_model": "00010102"},
        {"device_model": "00020101"},
    ],
    ids=repr,
)
def test_device_models_differ_by_type_maker_model_and_hardware(differing: dict[str, Any]) -> None:
    added(make.row(1), make.row(2, **differing))

    assert DeviceModel.objects.count() == 2


@pytest.mark.django_db
def test_one_version_of_a_model_may_be_listed_twice() -> None:
    added(make.row(1), make.row(2, firmware_version="00000001"))

    versions = ListedEntry.objects.values_list("firmware_version", flat=True)
    assert list(versions) == ["00000001"] * 2


@pytest.mark.django_db
def test_a_maker_is_made_known_once_and_keeps_its_name() -> None:
    first = ensure_manufacturer(identifier="F1A1", name="Fine Meters")
    again = ensure_manufacturer(identifier="F1A1", name="Finer Meters")

    assert first == again
    assert again.name == "Fine Meters"


@pytest.mark.django_db
def test_a_maker_is_locked_as_the_entries_are_that_stand_on_it() -> None:
    maker = ensure_manufacturer(identifier="F1A1", name="Fine Meters")

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Manufacturer.objects.update(name="Finer Meters")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        maker.delete()

    assert Manufacturer.objects.get().name == "Fine Meters"


@pytest.mark.django_db
def test_an_entry_shows_its_newest_revision_certificates_and_status() -> None:
    entry = added(make.row(1))["CPL-000001"]
    renamed = make.row(1, manufacturer_name="Finer Meters", cpa_certificate_id="CPA-NEW")

    revise_entries([(entry, renamed)], by=NOBODY, at=make.AT)
    certify_entries([(entry, renamed)], by=NOBODY, at=make.AT)
    change_status([(entry, "REMOVED", date(2026, 1, 2), "Once.")], by=NOBODY, at=make.AT)
    change_status([(entry, "CURRENT", date(2026, 1, 1), "Back.")], by=NOBODY, at=make.AT)
    change_status([(entry, "REMOVED", date(2026, 1, 3), "Twice.")], by=NOBODY, at=make.AT)

    (shown,) = ListedEntry.objects.all()
    assert (shown.manufacturer_name, shown.cpa_certificate_id) == ("Finer Meters", "CPA-NEW")
    assert (shown.status, shown.date_removed, shown.removal_reason) == (
        "REMOVED",
        date(2026, 1, 3),
        "Twice.",
    )


@pytest.mark.django_db
def test_an_entry_without_a_status_row_is_current() -> None:
    added(make.row(1))

    (shown,) = ListedEntry.objects.all()

    assert (shown.status, shown.date_removed, shown.removal_reason) == ("CURRENT", None, "")


def others_may_write() -> bool:
    """Whether another process would get the list's lock at this moment."""
    database = connection.settings_dict["NAME"]
    with psycopg.connect(url_of("DATABASE_URL", database)) as other:
        found = other.execute("SELECT pg_try_advisory_xact_lock(%s)", [LIST_LOCK]).fetchone()
        other.rollback()
    return bool(found and found[0])


@pytest.mark.django_db(transaction=True)
def test_the_list_is_one_writers_until_its_transaction_ends() -> None:
    before = others_may_write()
    with transaction.atomic():
        lock_list()
        during = others_may_write()
        transaction.set_rollback(True)

    assert (before, during, others_may_write()) == (True, False, True)


@pytest.mark.django_db(transaction=True)
def test_releases_that_are_approved_at_once_get_entry_ids_of_their_own() -> None:
    writers, each = 4, 5
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    together = Barrier(writers, timeout=60)

    def publish(writer: int) -> list[str]:
        try:
            together.wait()
            numbers = range(writer * each, writer * each + each)
            return [make.published(maker, administrator, n + 1).cpl_entry_id for n in numbers]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(writers) as pool:
        given = [entry_id for ids in pool.map(publish, range(writers)) for entry_id in ids]

    assert sorted(given) == [f"CPL-{n:06d}" for n in range(1, writers * each + 1)]
    assert DeviceModel.objects.count() == 1
    assert next_entry_ids() == [f"CPL-{writers * each + 1:06d}"]
