"""The assumptions that the rules read, from `assumptions.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Route:
    """How a Device Type is updated over the air: the requests in order, who may send them, whether
    the Communications Hub must be able to carry it (SECMP0007), and whether the device keeps one
    image that waits to be activated."""

    requests: tuple[str, ...]
    roles: frozenset[str]
    carried_by_hub: bool
    keeps_one_image: bool


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Routes by Device Type, what each device status means for an update, and which requests reach
    a SMETS1 device."""

    routes: Mapping[str, Route]
    ready: frozenset[str]
    not_commissioned: frozenset[str]
    suspended: frozenset[str]
    reach_smets1: frozenset[str]


def read_assumptions(path: Path) -> Assumptions:
    """The assumptions in a file of this form. Raises KeyError when one is missing."""
    said = tomllib.loads(path.read_text())
    return Assumptions(
        routes={
            device_type: Route(
                tuple(route["requests"]),
                frozenset(route["roles"]),
                route["carried_by_hub"],
                route["keeps_one_image"],
            )
            for device_type, route in said["routes"].items()
        },
        ready=frozenset(said["statuses"]["ready"]),
        not_commissioned=frozenset(said["statuses"]["not_commissioned"]),
        suspended=frozenset(said["statuses"]["suspended"]),
        reach_smets1=frozenset(said["smets1"]["reached_by"]),
    )


ASSUMPTIONS = read_assumptions(Path(__file__).parent / "assumptions.toml")
