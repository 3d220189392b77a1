"""The parts of an estate, added up from its rows by version."""

from __future__ import annotations

from fir.eligibility.parts import by_maker, by_model
from fir.eligibility.queries import VersionCount
from fir.records.rules import Position
from tests import make


def version(
    position: str,
    devices: int,
    model: str = "00010101",
    kind: str = "ESME",
    maker: str = make.MAKER,
    suspended: int = 0,
) -> VersionCount:
    return VersionCount(kind, maker, model, f"{devices:08X}", position, devices, suspended)


def test_versions_of_one_model_are_added_up_by_where_they_stand() -> None:
    first, second = by_model(
        [
            version("UNLISTED", 1),
            version("N", 5),
            version("OLDER", 2, suspended=1),
            version("N-1", 3, suspended=2),
            version("OLDER", 4),
            version("N", 7, model="00020101"),
        ]
    )

    assert list(first.by_position.items()) == [
        (Position.N, 5),
        (Position.N_1, 3),
        (Position.OLDER, 6),
        (Position.UNLISTED, 1),
    ]
    assert (first.device_model, first.devices, first.suspended) == ("00010101", 15, 3)
    assert first.percent_n_or_n_1 == 57.14  # 8 of 14: what is not listed has no order
    assert (second.device_model, second.devices) == ("00020101", 7)


def test_versions_stand_the_latest_first_then_the_commonest() -> None:
    (part,) = by_model([version("UNLISTED", 9), version("OLDER", 1), version("OLDER", 2),
                        version("N", 3), version("N-1", 4)])  # fmt: skip

    assert [row.devices for row in part.versions] == [3, 4, 2, 1, 9]


def test_models_that_differ_in_type_or_maker_alone_are_not_added_up() -> None:
    rows = [version("N", 1), version("N", 1, kind="GSME"), version("N", 1, maker="F1A2")]

    assert [part.devices for part in by_model(rows)] == [1, 1, 1]
    assert [part.devices for part in by_maker(rows)] == [1, 1, 1]
    assert by_model([]) == by_maker([]) == []


def test_all_models_of_a_type_and_maker_are_added_up() -> None:
    (part,) = by_maker([version("N", 1), version("OLDER", 2, model="00020101")])

    assert (part.device_type, part.manufacturer_identifier, part.device_model, part.devices) == (
        "ESME", make.MAKER, "", 3)  # fmt: skip


def test_a_gas_proxy_function_is_listed_as_its_hub_and_has_no_share() -> None:
    (proxy,) = by_model([version("N", 1, kind="GPF")])

    assert proxy.listed_as == ("CHF", make.MAKER, "00010101")
    assert (proxy.device_type, proxy.percent_n_or_n_1) == ("GPF", None)
