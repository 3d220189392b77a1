"""What the rules of eligibility may read: frozen facts, and nothing else. Pure."""

from dataclasses import dataclass
from datetime import date

from cpl.catalogue import Specification
from fir.eligibility.assumptions import Assumptions, Route
from fir.eligibility.planner import Plan
from fir.records.rules import PathEntry


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """What the rules may read of a cohort's devices."""

    device_type: str
    device_status: str
    responsible_roles: frozenset[str]
    hardware_version: str  # version and revision, 4 hex


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What the rules may read of the entry to be installed.

    `hardware` is the lowest and the highest version that it is made for, `gbcs` what the catalogue
    holds of the version that it keeps to; None where nobody said.
    """

    entry: PathEntry
    cpa_expiry_date: date | None
    cpa_renewal_date: date | None
    loaded_on: date | None  # by the DCC, as far as anybody confirmed it
    rivals: tuple[PathEntry, ...]  # Current entries of the same Device Model and version
    is_removed: bool = False
    is_archived: bool = False
    hardware: tuple[str, str] | None = None
    gbcs: Specification | None = None
    interrupts_hub_power: bool | None = None  # for more than three minutes, when activated


@dataclass(frozen=True, slots=True)
class EligibilityFacts:
    """Everything the rules may read. `installed` are the entries that list the installed version;
    `hub_carries` is whether the hub's firmware carries updates, None where nobody said; `is_smets1`
    whether what is or would be installed is for a device of the first generation;
    `held_by_supplier` whether the Supplier itself holds back any of what would be installed."""

    cohort: CohortFacts
    installed: tuple[PathEntry, ...]
    target: TargetFacts | None
    hops: tuple[TargetFacts, ...]  # what is to be installed on the way to the target
    plan: Plan
    hub_carries: bool | None
    today: date
    assumptions: Assumptions
    is_smets1: bool = False
    held_by_supplier: bool = False

    @property
    def to_install(self) -> tuple[TargetFacts, ...]:
        """Every entry that would be installed, the target last."""
        return (*self.hops, self.target) if self.target else ()

    @property
    def route(self) -> Route | None:
        """How this Device Type is updated, or None where it has no route."""
        return self.assumptions.routes.get(self.cohort.device_type)

    @property
    def status(self) -> str:
        """The device status as the assumptions name it."""
        return self.cohort.device_status.upper()
