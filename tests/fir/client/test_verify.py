"""The outside verifier finds every change, whoever made it, and says what is wrong."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.client.note import CheckpointRefused, Key, KeyRefused, open_checkpoint
from fir.client.verify import (
    NotWhole,
    Seen,
    check_events,
    read_seen,
    require_fresh,
    require_growth,
    write_seen,
)
from fir.ledger.notes import Signer, SigningKeyRefused
from tests.fir.client.ledgers import KEY, NOW, ORIGIN, SIGNER, Ledger, event, later

if TYPE_CHECKING:
    from pathlib import Path

SAID = st.lists(st.tuples(st.text(max_size=8), st.booleans()), min_size=1, max_size=20)


def seen_of(ledger: Ledger) -> Seen:
    found = ledger.checkpoint
    return Seen(found.origin, found.size, found.root, found.at.isoformat())


def complaint(ledger: Ledger, seen: Seen | None = None) -> str:
    """What the verifier says; '' when it finds the ledger whole."""
    try:
        require_growth(ledger.checkpoint, seen)
        check_events(ledger.events, ledger.checkpoint, seen)
    except NotWhole as trouble:
        return str(trouble)
    return ""


@given(SAID)
def test_an_honest_ledger_is_whole_however_much_of_it_is_hidden(
    said: list[tuple[str, bool]],
) -> None:
    ledger = Ledger.of(said)

    readable = check_events(ledger.events, ledger.checkpoint, seen_of(ledger))

    assert readable == len([1 for _, hidden in said if not hidden])


@given(said=SAID, data=st.data())
def test_a_changed_event_is_found(said: list[tuple[str, bool]], data: st.DataObject) -> None:
    ledger = Ledger.of(said)
    events = copy.deepcopy(list(ledger.events))
    victim = events[data.draw(st.integers(0, len(events) - 1))]
    name = data.draw(st.sampled_from(sorted(set(victim) - {"seq"})))
    victim[name] = {"said": "forged"} if name == "payload" else "f" * 64

    assert complaint(ledger.showing(events))


@given(said=SAID, data=st.data())
def test_a_change_that_mends_its_own_hash_is_found_by_the_root(
    said: list[tuple[str, bool]], data: st.DataObject
) -> None:
    ledger = Ledger.of(said)
    events = list(ledger.events)
    place = data.draw(st.integers(0, len(events) - 1))
    events[place] = event(place + 1, "forged, and hashed anew")

    assert "another root" in complaint(ledger.showing(events))


@given(said=SAID, data=st.data())
def test_an_event_that_is_missing_swapped_or_put_in_is_found(
    said: list[tuple[str, bool]], data: st.DataObject
) -> None:
    ledger = Ledger.of([*said, ("last", False), ("the very last", True)])
    place = data.draw(st.integers(0, len(ledger.events) - 2))
    dropped = list(ledger.events)
    del dropped[place]
    swapped = list(ledger.events)
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    inserted = list(ledger.events)
    inserted.insert(place, event(place + 1, "put in"))
    renumbered: list[dict[str, Any]] = [{**e, "seq": n} for n, e in enumerate(inserted, start=1)]

    for tampered in (dropped, swapped, inserted, renumbered, list(ledger.events[:-1])):
        assert complaint(ledger.showing(tampered))


@given(said=SAID, more=SAID, data=st.data())
def test_a_forked_history_is_found_from_any_earlier_checkpoint(
    said: list[tuple[str, bool]], more: list[tuple[str, bool]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(said) - 1))
    other = list(said)
    other[place] = ("another history", False)
    seen = data.draw(st.integers(place + 1, len(said)))

    honest = complaint(Ledger.of([*said, *more]), seen_of(Ledger.of(said[:seen])))
    forked = complaint(Ledger.of([*other, *more]), seen_of(Ledger.of(said[:seen])))

    assert honest == ""
    assert "forked" in forked


def test_a_ledger_restored_from_an_older_backup_has_shrunk() -> None:
    said = [(str(number), False) for number in range(9)]

    found = complaint(Ledger.of(said[:5]), seen_of(Ledger.of(said)))

    assert "shrunk" in found
    assert "older backup" in found


def test_a_checkpoint_that_nobody_renews_is_stale() -> None:
    checkpoint = Ledger.of([("one", False)]).checkpoint

    require_fresh(checkpoint, now=later(25), most=timedelta(hours=25))
    with pytest.raises(NotWhole, match="older than 25 hours"):
        require_fresh(checkpoint, now=later(25.1), most=timedelta(hours=25))


def test_another_ledger_is_told_from_this_one() -> None:
    ledger = Ledger.of([("one", False)])

    assert "another ledger" in complaint(ledger, Seen("other.example.org/ledger", 1, "00", "then"))


@given(st.data())
def test_any_changed_character_of_a_checkpoint_is_refused(data: st.DataObject) -> None:
    note = Ledger.of([("one", False), ("two", False)]).note
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(exclude_characters=note[place], exclude_categories=["Cs"]))
    forged = note[:place] + other + note[place + 1 :]

    try:
        found = open_checkpoint(forged, KEY)
    except CheckpointRefused:
        return
    # What signs nothing may read otherwise: the last line break, say.
    assert found == open_checkpoint(note, KEY)


def test_a_checkpoint_by_an_unknown_key_is_refused_by_name() -> None:
    stranger = Signer.of(ORIGIN, "//////////////////////////////////////////8=")

    with pytest.raises(CheckpointRefused, match="unknown key"):
        open_checkpoint(Ledger.of([("one", False)]).note, Key.of(stranger.verifier))


@pytest.mark.parametrize("note", ["", "text\n", "a\n\nb\n", "\n\n", SIGNER.sign("no checkpoint\n")])
def test_what_is_no_checkpoint_is_refused_in_words(note: str) -> None:
    with pytest.raises(CheckpointRefused):
        open_checkpoint(note, KEY)


@pytest.mark.parametrize(
    "text", ["", "name", "a+b+c", SIGNER.verifier[:-4], SIGNER.verifier.replace("fir", "fur")]
)
def test_a_key_that_was_copied_badly_is_refused_in_words(text: str) -> None:
    with pytest.raises(KeyRefused):
        Key.of(text)


@pytest.mark.parametrize("seed", ["", "not base64!", "AAECAw=="])
def test_a_seed_that_is_none_is_refused_in_words(seed: str) -> None:
    with pytest.raises(SigningKeyRefused):
        Signer.of(ORIGIN, seed)


def test_what_was_seen_is_kept_and_read_back(tmp_path: Path) -> None:
    path, ledger = tmp_path / "seen.json", Ledger.of([("one", False)])

    assert read_seen(path) is None
    write_seen(path, ledger.checkpoint)

    assert read_seen(path) == Seen(ORIGIN, 1, ledger.checkpoint.root, NOW.isoformat())
    path.write_text("{}")
    with pytest.raises(NotWhole, match="does not say"):
        read_seen(path)
