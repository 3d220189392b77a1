"""The assumptions that the rules read, from `assumptions.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Route:
    """How a Device Type is updated over the air: the requests in order, who may send them, and
    whether the Communications Hub must be able to carry it (SECMP0007)."""

    requests: tuple[str, ...]
    roles: frozenset[str]
    carried_by_hub: bool


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Routes by Device Type, and what each device status means for an update."""

    routes: Mapping[str, Route]
    ready: frozenset[str]
    not_commissioned: frozenset[str]
    suspended: frozenset[str]


def read_assumptions(path: Path) -> Assumptions:
    """The assumptions in a file of this form. Raises KeyError when one is missing."""
    said = tomllib.loads(path.read_text())
    return Assumptions(
        routes={
            device_type: Route(
                tuple(route["requests"]), frozenset(route["roles"]), route["carried_by_hub"]
            )
            for device_type, route in said["routes"].items()
        },
        ready=frozenset(said["statuses"]["ready"]),
        not_commissioned=frozenset(said["statuses"]["not_commissioned"]),
        suspended=frozenset(said["statuses"]["suspended"]),
    )


ASSUMPTIONS = read_assumptions(Path(__file__).parent / "assumptions.toml")
