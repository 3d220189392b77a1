"""Countries to work out findings in: Suppliers with estates of many cohorts, and fifty Device
Models of their own, each of eight releases with ways between them.

Of devices there is only how many each cohort has, since that is all that findings read of them.
"""

from __future__ import annotations

import uuid
from itertools import count, islice, product
from typing import TYPE_CHECKING

from django.db import connection, transaction

from cpl.bulk import insert_rows
from fir.eligibility.operations import assess_estates
from fir.estates.models import DONE, Cohort, Estate, EstateLoad
from fir.estates.queries import standing_loads
from fir.ledger.operations import append_events
from fir.parties.operations import operator
from fir.records.publishing import Release, ReleaseFacts, publish_release
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fir.parties.models import Party

MODELS, VERSIONS = 50, 8
COLUMNS = (
    "load_id", "device_type", "manufacturer_identifier", "device_model", "firmware_version",
    "device_status", "responsible_roles", "listable", "hub_manufacturer", "hub_model",
    "hub_version", "device_count",
)  # fmt: skip


class Country:
    """Suppliers, and a list that grows. Countries have numbers, and nothing in common."""

    def __init__(self, number: int, *, suppliers: int) -> None:
        self.number = number
        self.suppliers = [make.party(f"country-{number}-{n}") for n in range(suppliers)]
        self.listed: list[list[str]] = [[] for _ in range(MODELS)]
        self.entries = count(100_000 * (number + 1))
        for model, _ in product(range(MODELS), range(VERSIONS)):
            self.publish(model)

    def publish(self, model: int) -> None:
        """Publish a release of a model, over the two before it."""
        by, number, before = operator(), next(self.entries), self.listed[model]
        row = make.row(
            number,
            device_model=self._named(model),
            firmware_version=f"{len(before):08X}",
            date_added=make.AT.date(),
        )
        release = Release(
            pathway="NAMED" if before else "NONE",
            predecessors=tuple(before[-2:]),
            facts=ReleaseFacts(),
            carries_updates=None,
            submission_id=uuid.uuid4(),
            makers=[],
            published_by=by.actor_id,
        )
        with transaction.atomic():
            _, events = publish_release(rows=[row], release=release, at=make.AT)
            append_events(events, by=by.author, at=make.AT)
        before.append(row.cpl_entry_id)

    def hold(self, *, cohorts: int, devices: int, models: int = MODELS) -> None:
        """Let the estate of each Supplier be of so many cohorts, of the first `models` in turns,
        and all estates together of so many devices; and let all be assessed."""
        each = devices // len(self.suppliers) // cohorts
        for supplier in self.suppliers:
            _load(supplier, islice(self._cohorts(each, models), cohorts))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE estates_cohort")
        assess_estates(standing_loads([one.slug for one in self.suppliers]), at=make.AT)

    def _cohorts(self, devices: int, models: int) -> Iterator[Sequence[object]]:
        """Cohorts without an end: every version of every model, then those of another status."""
        for turn in count():
            status = f"Status{turn}" if turn else "COMMISSIONED"
            for version, model in product(range(VERSIONS), range(models)):
                own = ("ESME", make.MAKER, self._named(model), f"{version:08X}", status)
                yield (*own, "IS+GS", True, "", "", "", devices)

    def _named(self, model: int) -> str:
        return f"{0x4000 + 0x100 * self.number + model:04X}0101"


def _load(supplier: Party, cohorts: Iterator[Sequence[object]]) -> None:
    load = EstateLoad.objects.create(
        party=supplier, state=DONE, received_at=make.AT, received_by=uuid.uuid4()
    )
    with transaction.atomic():
        insert_rows(Cohort, COLUMNS, ((load.pk, *cohort) for cohort in cohorts))
        Estate.objects.update_or_create(party=supplier, defaults={"standing_load": load})
