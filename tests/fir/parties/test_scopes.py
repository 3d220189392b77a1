"""What of a Supplier's Devices is seen: the condition on rows says what the plain rule says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fir.eligibility.asking import findings_asked
from fir.eligibility.models import Finding
from fir.eligibility.queries import estate_by_version
from fir.parties.scopes import Part, Scope
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party

TYPES, MAKERS, MODELS = ("ESME", "GSME"), ("F1A1", "F1A2"), ("00010101", "00010102")
PARTS = st.builds(
    Part,
    st.frozensets(st.sampled_from((*TYPES, "PPMID"))),
    st.frozensets(st.tuples(st.sampled_from(MAKERS), st.sampled_from(MODELS))),
)
SCOPES = st.none() | st.lists(PARTS, max_size=3).map(tuple)
HELD = {
    (kind, maker, model): number
    for number, (kind, maker, model) in enumerate(
        ((kind, maker, model) for kind in TYPES for maker in MAKERS for model in MODELS), start=1
    )
}


@pytest.fixture
def supplier() -> Party:
    """A Supplier with Devices of every combination, of each as many as its number."""
    make.listed(make.row(1))
    devices = [
        make.device(100 * number + n, DeviceType=kind, DeviceManufacturer=maker, DeviceModel=model)
        for (kind, maker, model), number in HELD.items()
        for n in range(number)
    ]
    supplier = make.party()
    make.estate(supplier, *devices, at=timezone.now())
    return supplier


def seen_by(parts: tuple[Part, ...] | None) -> dict[tuple[str, str, str], int]:
    """What is to be seen, said as plainly as can be."""
    return {
        (kind, maker, model): number
        for (kind, maker, model), number in HELD.items()
        if parts is None
        or [
            part
            for part in parts
            if kind in part.device_types
            and (not part.device_models or (maker, model) in part.device_models)
        ]
    }


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=SCOPES)
def test_every_read_shows_what_is_covered_and_nothing_else(
    supplier: Party, parts: tuple[Part, ...] | None
) -> None:
    scope, expected = Scope(supplier, parts), seen_by(parts)

    counted = {
        (row.device_type, row.manufacturer_identifier, row.device_model): row.devices
        for row in estate_by_version(scope)
    }
    found = Finding.objects.visible_to(scope).select_related("cohort")

    assert counted == expected
    assert sum(f.cohort.device_count for f in found) == sum(expected.values())
    assert {key for key in HELD if scope.covers(*key)} == set(expected)
    about = findings_asked(scope, target="CPL-000001", at=timezone.now()).findings
    assert len(about) == (("ESME", "F1A1", "00010101") in expected)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(parts=SCOPES)
def test_nothing_is_seen_of_a_supplier_but_the_one_in_the_scope(
    supplier: Party, parts: tuple[Part, ...] | None
) -> None:
    other = supplier.__class__.objects.filter(slug="other").first() or make.party("other")

    assert estate_by_version(Scope(other, parts)) == []
    assert not Finding.objects.visible_to(Scope(other, parts))
