"""The assumptions about Registered Supplier Agents, from `assumptions.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AgentAssumptions:
    """Of which Device Types an agent may be let see anything."""

    device_types: tuple[str, ...]


def read_assumptions(path: Path) -> AgentAssumptions:
    """The assumptions in a file of this form. Raises KeyError when one is missing."""
    said = tomllib.loads(path.read_text())["agents"]
    return AgentAssumptions(tuple(said["device_types"]))


AGENTS = read_assumptions(Path(__file__).parent / "assumptions.toml")
