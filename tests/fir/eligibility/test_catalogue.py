"""What the list says of one Device Model: where a version stands, and what is worth having."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fir.eligibility.catalogue import ListedFacts, ModelCatalogue, listed_key
from fir.records.rules import NAMED, UNKNOWN, PathEntry
from tests import make


def entry(
    number: int,
    over: tuple[int, ...] = (),
    *,
    carries: bool | None = None,
    current: bool = True,
    pathway: str = NAMED,
) -> ListedFacts:
    path = PathEntry(
        cpl_entry_id=f"CPL-{number}",
        firmware_version=f"{number:08X}",
        manufacturer_image_hash=make.image_hash(number),
        current=current,
        date_added=date(2026, 1, number),
        pathway=pathway,
        predecessors=tuple(f"CPL-{one}" for one in over),
        seq=number,
    )
    return ListedFacts(path, None, None, None, carries)


def same_version(twin: ListedFacts, number: int, **changes: object) -> ListedFacts:
    path = replace(twin.path, cpl_entry_id=f"CPL-{number}", seq=number)
    return replace(twin, path=path, **changes)  # type: ignore[arg-type]


def ids(entries: object) -> list[str]:
    return [one.cpl_entry_id for one in entries]  # type: ignore[attr-defined]


def test_a_model_without_entries_has_nothing_to_update_to() -> None:
    empty = ModelCatalogue(())

    assert (empty.latest, empty.other_heads, empty.installed("00000001")) == (None, [], ())
    assert empty.targets == []
    assert empty.position("00000001") == "UNLISTED"
    assert empty.carries_updates("00000001") is None


def test_versions_stand_where_the_pathways_put_them() -> None:
    # The bytes of a version say nothing: the lowest is the latest here.
    model = ModelCatalogue([entry(3), entry(2, (3,)), entry(1, (2,))])

    assert model.latest is not None
    assert model.latest.cpl_entry_id == "CPL-1"
    places = [model.position(f"{number:08X}") for number in (1, 2, 3, 4)]
    assert places == ["N", "N-1", "OLDER", "UNLISTED"]


def test_a_removed_entry_is_older_and_never_the_latest() -> None:
    model = ModelCatalogue([entry(1), entry(2, (1,)), entry(3, (2,), current=False)])

    assert model.latest is not None
    assert model.latest.cpl_entry_id == "CPL-2"
    assert model.position("00000003") == "OLDER"
    assert model.position("00000001") == "N-1"


def test_the_end_of_another_declared_branch_is_a_target_and_undeclared_ones_are_none() -> None:
    model = ModelCatalogue(
        [entry(1, pathway=UNKNOWN), entry(2, (1,)), entry(3, (1,)), entry(4, pathway=UNKNOWN)]
    )

    assert model.latest is not None
    assert model.latest.cpl_entry_id == "CPL-4"
    assert ids(model.other_heads) == ["CPL-3", "CPL-2"]
    assert ids(model.targets) == ["CPL-4", "CPL-3", "CPL-2"]


def test_where_everything_was_removed_there_is_no_target() -> None:
    model = ModelCatalogue([entry(1, current=False), entry(2, (1,), current=False)])

    assert (model.latest, model.targets) == (None, [])


def test_the_version_before_is_another_version_though_the_latest_is_listed_twice() -> None:
    latest = entry(3, (2,))
    model = ModelCatalogue([entry(1), entry(2, (1,)), latest, same_version(latest, 4)])

    places = [model.position(f"{number:08X}") for number in (1, 2, 3)]
    assert places == ["OLDER", "N-1", "N"]


def test_rivals_are_the_current_entries_of_a_version() -> None:
    one = entry(1)
    removed = same_version(entry(1, current=False), 8)
    model = ModelCatalogue([one, same_version(one, 7), removed, entry(2)])

    assert ids(model.rivals(one.path)) == ["CPL-1", "CPL-7"]
    assert ids(model.installed("00000001")) == ["CPL-1", "CPL-7", "CPL-8"]


def test_a_hubs_capability_is_what_was_said_of_its_version() -> None:
    yes, silent, disputed = entry(1, carries=True), entry(2), entry(3, carries=False)
    model = ModelCatalogue(
        [
            yes,
            same_version(yes, 11, carries_updates=None),
            silent,
            disputed,
            same_version(disputed, 13, carries_updates=True),
        ]
    )

    said = [model.carries_updates(f"{number:08X}") for number in (1, 2, 3, 4)]
    assert said == [True, None, None, None]


def test_a_gas_proxy_function_is_listed_with_its_hub() -> None:
    assert listed_key("GPF", "1072", "57310102") == ("CHF", "1072", "57310102")
    assert listed_key("ESME", "1063", "00050203") == ("ESME", "1063", "00050203")
