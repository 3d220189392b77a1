"""The outside verifier, copied out as it is, against a FIR that runs: it trusts nobody's word."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import override_settings
from django.utils import timezone

from fir.ledger.checkpoints import issue_checkpoint
from fir.ledger.models import Checkpoint, LedgerEvent, LedgerHead
from fir.ledger.notes import Signer
from fir.ledger.tree import Tree
from tests import make
from tests.fir.client.outside import Outside
from tests.fir.ledger.events import appended, for_everyone, for_one_party, tamper
from tests.stack import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stack import Stack

SEEN = "seen.json"


@dataclass
class Verifier:
    """A Party's verifier, and the hand that signs for the FIR it asks."""

    fir: Stack
    outside: Outside
    key: str
    api_key: str

    def sign(self, hours_ago: float = 0) -> None:
        """Sign the ledger, as FIR's worker does every minute."""
        with override_settings(LEDGER_ORIGIN=f"127.0.0.1:{self.fir.port}/ledger"):
            assert issue_checkpoint(at=timezone.now() - timedelta(hours=hours_ago))

    def whole(self) -> str:
        """What it says of a ledger that it finds whole."""
        ended = self.outside.verify(**self.options)
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout.startswith("The ledger is whole: ")
        return ended.stdout

    def complaint(self, **other: str) -> str:
        """The one sentence, or two, that it says instead."""
        ended = self.outside.verify(**{**self.options, **other})
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.count("\n") == 1, ended.stderr
        return ended.stderr.strip()

    @property
    def options(self) -> dict[str, str]:
        return {
            "url": f"http://127.0.0.1:{self.fir.port}",
            "key": self.key,
            "api_key": self.api_key,
            "seen": SEEN,
        }


@pytest.fixture
def verifier(fir: Stack, tmp_path: Path) -> Verifier:
    """A ledger with events of all sorts, signed; some of them are hidden from whoever verifies."""
    api_key = make.key(make.party("big-light"))
    make.listed(*(make.row(n) for n in range(1, 4)))
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 9)
    appended(for_one_party("somebody-else"))
    key = fir.get("/api/v1/keys").json["keys"][0]
    found = Verifier(fir, Outside.of(tmp_path / "outside"), key, api_key)
    found.sign()
    return found


def restored_to(size: int) -> None:
    """The database as an older backup has it: fewer events, and no checkpoint of the later ones."""
    leaves = LedgerEvent.objects.filter(seq__lte=size).order_by("seq")
    tree = Tree().grown(leaves.values_list("leaf_hash", flat=True))
    assert size == 3  # which the statement says
    tamper(
        "DELETE FROM ledger_ledgerevent WHERE seq > 3",
        "DELETE FROM ledger_checkpoint",
    )
    LedgerHead.objects.update(size=size, frontier=list(tree.frontier))


def test_there_is_no_django_outside(tmp_path: Path) -> None:
    outside = Outside.of(tmp_path / "outside")

    for name in ("django", "rest_framework", "psycopg", "cpl", "fir.ledger"):
        ended = outside.python("-c", f"import {name}")
        assert "ModuleNotFoundError" in ended.stderr, name
    assert outside.python("-c", "import cryptography").returncode == 0
    assert outside.python("-m", "fir.client", "verify", "--help").returncode == 0


def test_a_whole_ledger_is_told_whole_also_as_it_grows(verifier: Verifier) -> None:
    size = LedgerHead.objects.get().size
    first = verifier.whole()
    appended(for_everyone())
    verifier.sign()
    second = verifier.whole()

    hidden = LedgerEvent.objects.exclude(audience__overlap=["everyone"]).count()
    assert hidden
    assert f"{size} events as signed at" in first
    assert f"{size} of them readable" not in first
    assert f"{size + 1} events as signed at" in second
    assert "and begins as it did on" in second


def test_what_fir_itself_signs_and_serves_is_found_whole(fir: Stack, tmp_path: Path) -> None:
    api_key = make.key(make.party("big-light"))
    unsigned = fir.get("/api/v1/checkpoint")
    fir.start_worker()
    eventually(lambda: fir.get("/api/v1/checkpoint").status == 200, what="the worker's checkpoint")
    signed = fir.get("/api/v1/checkpoint")
    key = fir.get("/api/v1/keys").json["keys"][0]

    Verifier(fir, Outside.of(tmp_path / "outside"), key, api_key).whole()

    assert unsigned.status == 503
    assert "not signed yet" in unsigned.json["detail"]
    assert signed.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert signed.text.startswith(f"127.0.0.1:{fir.port}/ledger\n")


def test_one_changed_byte_of_an_event_is_found_and_the_event_named(verifier: Verifier) -> None:
    verifier.whole()
    victim = LedgerEvent.objects.filter(kind="CPL_ENTRY_LISTED").order_by("seq")[1]

    tamper(
        "UPDATE ledger_ledgerevent SET canonical = replace(canonical, 'Fine Meters', 'Fine Neters')"
        " WHERE kind = 'CPL_ENTRY_LISTED' AND subject_id = 'CPL-000002'"
    )

    assert (
        verifier.complaint() == f"Event {victim.seq} does not give its leaf hash: it was changed."
    )


def test_a_changed_leaf_hash_of_a_hidden_event_is_found_by_the_root(verifier: Verifier) -> None:
    tamper("UPDATE ledger_ledgerevent SET leaf_hash = repeat('0', 64) WHERE kind = 'ESTATE_LOADED'")

    assert "give another root than the signed checkpoint" in verifier.complaint()


def test_a_missing_event_is_found_and_its_number_named(verifier: Verifier) -> None:
    tamper("DELETE FROM ledger_ledgerevent WHERE seq = 3")

    assert verifier.complaint() == "Event 3 is missing: the feed goes on with seq 4."


def test_events_cut_off_behind_the_checkpoint_are_missed(verifier: Verifier) -> None:
    size = LedgerHead.objects.get().size
    tamper("DELETE FROM ledger_ledgerevent WHERE seq = (SELECT max(seq) FROM ledger_ledgerevent)")

    assert verifier.complaint() == (
        f"The checkpoint covers {size} events, but the feed has only {size - 1}."
    )


def test_a_ledger_restored_from_an_older_backup_has_shrunk(verifier: Verifier) -> None:
    size = LedgerHead.objects.get().size
    verifier.whole()

    restored_to(3)
    verifier.sign()

    said = verifier.complaint()
    assert f"The ledger has shrunk: it had {size} events when it was seen last and has 3" in said
    assert "older backup" in said


def test_a_restored_ledger_that_went_on_otherwise_has_forked(verifier: Verifier) -> None:
    size = LedgerHead.objects.get().size
    verifier.whole()

    restored_to(3)
    appended(*[for_everyone()] * size)
    verifier.sign()

    assert f"The history has forked: the first {size} events are not those" in verifier.complaint()
    # Whoever saw nothing before has nothing to hold it against.
    assert "whole" in verifier.outside.verify(**{**verifier.options, "seen": "other.json"}).stdout


def test_a_complaint_leaves_what_was_seen_as_it_was(verifier: Verifier) -> None:
    verifier.whole()
    seen = (verifier.outside.folder / SEEN).read_text()

    restored_to(3)
    verifier.sign()
    verifier.complaint()

    assert (verifier.outside.folder / SEEN).read_text() == seen


def test_a_key_that_signed_nothing_is_unknown(verifier: Verifier) -> None:
    origin = f"127.0.0.1:{verifier.fir.port}/ledger"
    stranger = Signer.of(origin, "//////////////////////////////////////////8=")

    assert "an unknown key" in verifier.complaint(key=stranger.verifier)
    assert "name+id+key" in verifier.complaint(key="nonsense")


def test_a_checkpoint_that_was_changed_is_not_believed(verifier: Verifier) -> None:
    size = LedgerHead.objects.get().size
    tamper("UPDATE ledger_checkpoint SET note = replace(note, E'ledger\\n', E'ledger\\n1')")

    assert Checkpoint.objects.get().size == size
    assert "its text was changed after it was signed" in verifier.complaint()


def test_a_ledger_that_nobody_signs_any_more_is_stale(verifier: Verifier) -> None:
    tamper("DELETE FROM ledger_checkpoint")
    verifier.sign(hours_ago=26)

    assert "older than 25 hours" in verifier.complaint()
    assert "whole" in verifier.outside.verify(**{**verifier.options, "hours": "48"}).stdout


def test_what_cannot_be_asked_is_said_in_a_sentence(verifier: Verifier) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    address = verifier.options["url"]

    assert "could not be asked" in verifier.complaint(url=nobody)
    assert "answered 404" in verifier.complaint(url=f"{address}/elsewhere")
    assert "must begin with https://" in verifier.complaint(url="ftp://127.0.0.1")
    assert "answered 401" in verifier.complaint(api_key="fir_nobody-has-this-key")
    assert "answered 401" in verifier.complaint(api_key="")
    assert "could not be read or written" in verifier.complaint(seen="no/such/folder/seen.json")
