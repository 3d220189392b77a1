"""A small world in which every URL has something to show, at two sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fir.eligibility.operations import read_news as assess_news
from fir.ledger.models import LedgerEvent, ReaderFault
from fir.notifications.operations import read_news as raise_notices
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.parties.models import Party

SUPPLIER_CSV = make.inventory(make.device(1))


@dataclass(frozen=True)
class World:
    """Parties by kind of asker, and what URLs name."""

    parties: dict[str, Party]
    arguments: dict[str, dict[str, Any]]


def build(size: int = 1) -> World:
    """The world; with a larger `size`, more of everything that lists show."""
    parties = {
        "maker": make.maker(),
        "other maker": make.maker("other-meters", "F1A2"),
        "supplier": make.party("big-light"),
        "other supplier": make.party("small-gas", "SMALL_SUPPLIER"),
        "network": make.party("wires", "NETWORK_PARTY"),
        "other": make.party("somebody", "OTHER_SEC_PARTY"),
        "agent": make.party("agent", "REGISTERED_SUPPLIER_AGENT"),
        "asset provider": make.party("assets", "METER_ASSET_PROVIDER"),
        "dcc": make.party("dcc", "DCC"),
        "administrator": make.administrator(),
    }
    administrator, maker = make.actor(parties["administrator"]), make.actor(parties["maker"])
    make.listed(make.row(1))
    load = make.estate(
        parties["supplier"],
        *(make.device(n, DeviceStatus=f"Status{chr(64 + n)}") for n in range(1, size + 1)),
        make.device(99),
    )
    for number in range(2, 2 + size):
        make.published(maker, administrator, number, predecessors=["CPL-000001"])
    waiting = [make.submitted(maker, 50 + n, device_model=f"000201{n:02}") for n in range(size)]
    assess_news(at=make.AT)
    raise_notices(at=make.AT)
    ReaderFault.objects.bulk_create(
        ReaderFault(reader="nobody", seq=seq, error="Trouble.", failed_at=make.AT)
        for seq in range(1, size + 1)
    )
    arguments: dict[str, dict[str, Any]] = {
        "firmware-record": {"cpl_entry_id": "CPL-000002"},
        "cpl-entry": {"cpl_entry_id": "CPL-000001"},
        "submission": {"submission_id": waiting[0].pk},
        "decision": {"submission_id": waiting[0].pk},
        "estate-load": {"load_id": load.pk},
        "estate-load-errors": {"load_id": load.pk},
        "accept-load": {"load_id": load.pk},
    }
    assert LedgerEvent.objects.exists()
    return World(parties, arguments)


BODIES: dict[str, dict[str, Any]] = {
    "submissions": {"data": make.release(70, device_model="00030101")},
    "decision": {"data": {"decision": "close", "reason": "Not needed."}},
    "estate-loads": {"data": SUPPLIER_CSV, "content_type": "text/csv"},
}


def url(name: str, world: World) -> str:
    """The URL of that name in this world."""
    return reverse(name, kwargs=world.arguments.get(name, {}))


def routes() -> Iterator[tuple[str, str]]:
    """Every (method, name of a URL) that FIR answers."""
    yield from _routes(get_resolver().url_patterns)


def _routes(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns)
            continue
        view: Any = getattr(pattern.callback, "view_class", None)
        for method in ("get", "post", "put", "patch", "delete"):
            if hasattr(view, method) and method in view.http_method_names:
                yield method.upper(), pattern.name or str(pattern.pattern)
