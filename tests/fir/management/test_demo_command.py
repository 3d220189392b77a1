"""When the demo world is loaded, and when not."""

from __future__ import annotations

from io import StringIO
from typing import NoReturn

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fir.ledger.queries import last_seq
from fir.management.demo import history
from fir.management.demo.world import DemoIncomplete
from fir.parties.models import Party
from tests import make

pytestmark = pytest.mark.django_db


def demo(*arguments: str) -> str:
    said = StringIO()
    call_command("demo", *arguments, stdout=said, stderr=said)
    return said.getvalue()


def test_a_database_that_holds_anything_is_refused() -> None:
    make.administrator()

    with pytest.raises(CommandError, match="not empty"):
        demo()
    assert Party.objects.count() == 1


def test_if_empty_does_nothing_and_says_nothing_on_a_database_in_use() -> None:
    make.listed(make.row())
    before = last_seq()

    assert demo("--if-empty") == ""
    assert last_seq() == before


def test_a_failure_half_way_leaves_the_database_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_world: object) -> NoReturn:
        raise DemoIncomplete("The list is lost.")

    monkeypatch.setattr(history, "_list", fail)

    with pytest.raises(DemoIncomplete):
        demo()
    assert not Party.objects.exists()
    assert last_seq() == 0
