"""Ringing the workers: after a commit, by name, and never in anybody's way."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import transaction

from fir.ledger import bell
from fir.ledger.bell import ring, ring_readers
from fir.ledger.models import MACHINE
from fir.ledger.operations import append_events
from fir.ledger.queries import last_seq
from tests import make
from tests.fir.ledger.events import appended, for_everyone

if TYPE_CHECKING:
    from collections.abc import Iterator


class Broker:
    """Stands where Celery's application stands, and notes what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.error: Exception | None = None
        self.open = Event()
        self.open.set()

    def send_task(self, name: str, **options: Any) -> None:
        self.open.wait(60)
        self.sent.append((name, options))
        if self.error:
            raise self.error


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker behind a new bell."""
    stand_in = Broker()
    bell._bell.hand.submit(int).result()  # what others rang is not for this one
    monkeypatch.setattr(bell, "current_app", stand_in)
    monkeypatch.setattr(bell, "_bell", bell.Bell())
    yield stand_in
    stand_in.open.set()
    bell._bell.hand.shutdown()


def when_rung(broker: Broker) -> list[str]:
    """What was sent once the bell's hand has come to rest."""
    bell._bell.hand.submit(int).result()
    return [name for name, _ in broker.sent]


@pytest.mark.django_db(transaction=True)
def test_every_reader_is_rung_by_name_once_the_append_is_committed(broker: Broker) -> None:
    with transaction.atomic():
        append_events([for_everyone()], by=MACHINE, at=make.AT)
        before = when_rung(broker)

    assert before == []
    assert when_rung(broker) == settings.LEDGER_READERS
    assert all(options["retry"] is False for _, options in broker.sent)
    assert all(options["expires"] <= 60 for _, options in broker.sent)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_rung_for_an_append_that_was_rolled_back(broker: Broker) -> None:
    with transaction.atomic():
        append_events([for_everyone()], by=MACHINE, at=make.AT)
        transaction.set_rollback(True)

    assert when_rung(broker) == []


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("odd"), KeyError("kombu")])
def test_a_ring_never_raises_and_a_lost_broker_is_left_in_peace(
    broker: Broker, error: Exception
) -> None:
    broker.error = error
    broker.open.clear()

    ring_readers()
    ring("estates.sweep_loads")
    broker.open.set()
    rung = when_rung(broker)
    ring("estates.sweep_loads")

    assert rung == when_rung(broker) == settings.LEDGER_READERS[:1]


def test_a_ring_never_raises_while_the_process_ends(broker: Broker) -> None:
    bell._bell.hand.shutdown()

    ring_readers()
    ring("estates.sweep_loads")

    assert broker.sent == []


def test_who_rings_never_waits_for_the_broker(broker: Broker) -> None:
    broker.open.clear()

    ring("estates.sweep_loads")

    assert broker.sent == []
    broker.open.set()
    assert when_rung(broker) == ["estates.sweep_loads"]


@pytest.mark.django_db(transaction=True)
def test_an_append_is_committed_though_the_broker_is_lost(broker: Broker) -> None:
    broker.error = OSError("gone")

    appended(for_everyone())

    assert when_rung(broker) == settings.LEDGER_READERS[:1]
    assert last_seq() == 1
