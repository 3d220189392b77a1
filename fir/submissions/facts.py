"""What the rules of submissions may read. Pure, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cpl.identifiers import family_of, hardware_of
from fir.records.rules import PathEntry
from fir.submissions.claims import Claim

Range = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An entry of the list with its newest record, as far as the rules care.

    `hardware` is the range that its record declares, lowest and highest, if it declares one.
    `line` holds what the list says of it, by column; `state` tells what it and its record say from
    whatever they said before.
    """

    cpl_entry_id: str
    device_type: str
    manufacturer_identifier: str
    device_model: str
    firmware_version: str
    is_current: bool = True
    has_record: bool = False
    is_archived: bool = False
    is_recalled: bool = False
    hardware: Range | None = None
    line: Mapping[str, object] | None = None
    state: str = ""

    @property
    def family(self) -> str:
        """The part of the Device Model that its family shares."""
        return family_of(self.device_model)

    @property
    def fits(self) -> Range:
        """The hardware that it is for: the range of its record, or else its own alone."""
        own = hardware_of(self.device_model)
        return self.hardware or (own, own)

    def is_of_family(self, claim: Claim) -> bool:
        """Whether it is of the claim's family, as far as the claim says its own."""
        return (
            claim.device_type in (None, self.device_type)
            and claim.manufacturer_identifier in (None, self.manufacturer_identifier)
            and (claim.device_model is None or family_of(claim.device_model) == self.family)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionFacts:
    """Everything the rules may read: the claim, the day, and what the list and the queue hold.

    `entry` is the one that the claim is about, if it names one that is listed. `predecessors` are
    the named ones that are listed, by id; `models` holds every entry of each of the claim's Device
    Models, and `family` those of its family, for the order among them.
    """

    claim: Claim
    today: date
    entry: Known | None = None
    predecessors: Mapping[str, Known]
    models: Mapping[str, tuple[PathEntry, ...]]
    family: tuple[PathEntry, ...] = ()
    listed_already: tuple[str, ...] = ()
    removed_before: tuple[str, ...] = ()
    waiting_already: tuple[str, ...] = ()
    entry_state: str = ""  # of the entry when the submission was brought; '' before
