"""What a rule of the list's quality is, and all that it may read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol

from cpl import rulebook
from cpl.catalogue import Catalogue

# So many neighbours are named where a rule is broken.
NAMED = 5
DATA_QUALITY = "SECAS, CPL data quality, 16 April 2019"


class Severity(StrEnum):
    """How much a finding weighs. MUST_FIX stops a new release; WAIVABLE may be waived by two
    people, with the reason kept."""

    MUST_FIX = "MUST_FIX"
    WAIVABLE = "WAIVABLE"


class Line(Protocol):
    """What the rules read of one entry: a row of the sheet, of the list, or of a release to come.

    A release to come has no entry id yet ('') and today as its date. None: not said, or not
    readable; a rule that lacks such a fact holds. The list's own lines say everything.
    """

    @property
    def cpl_entry_id(self) -> str: ...
    @property
    def device_type(self) -> str | None: ...
    @property
    def manufacturer_identifier(self) -> str | None: ...
    @property
    def manufacturer_name(self) -> str | None: ...
    @property
    def device_model(self) -> str | None: ...
    @property
    def firmware_version(self) -> str | None: ...
    @property
    def smets_chts_version(self) -> str | None: ...
    @property
    def gbcs_version(self) -> str | None: ...
    @property
    def esme_variant(self) -> str | None: ...
    @property
    def manufacturer_image_hash(self) -> str | None: ...
    @property
    def cpa_certificate_id(self) -> str | None: ...
    @property
    def cpa_expiry_date(self) -> date | None: ...
    @property
    def cpa_renewal_date(self) -> date | None: ...
    @property
    def zigbee_certificate_id(self) -> str | None: ...
    @property
    def dlms_certificate_id(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def date_added(self) -> date | None: ...
    @property
    def removal_reason(self) -> str | None: ...


class Neighbour(NamedTuple):
    """Another entry, and what it says where it differs from the line that is judged."""

    cpl_entry_id: str
    says: str


class History(NamedTuple):
    """How many versions a Manufacturer listed for a Device Type before the line that is judged,
    whether any of them holds a letter, and the last of them."""

    versions: int = 0
    has_letters: bool = False
    last: Neighbour | None = None


class FamilyHistory(NamedTuple):
    """The first other version that a family listed before the line that is judged and that begins
    as this one does: as typed, and read as a decimal number.

    None where there is none, where this version holds a letter, or where none before it does.
    """

    like_typed: Neighbour | None = None
    like_decimal: Neighbour | None = None


NO_HISTORY = History()
NO_FAMILY_HISTORY = FamilyHistory()


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The entries that a line must fit to, first listed first, one more than are ever named.

    All are Current. Each says where it differs: its hash, its
    Device Type and Manufacturer, family, version or dates.
    """

    other_hashes: tuple[Neighbour, ...] = ()
    hash_of_others: tuple[Neighbour, ...] = ()
    hash_of_families: tuple[Neighbour, ...] = ()
    hash_of_versions: tuple[Neighbour, ...] = ()
    twins: tuple[Neighbour, ...] = ()
    near_hashes: tuple[Neighbour, ...] = ()
    certificate_dates: tuple[Neighbour, ...] = ()
    history: History = NO_HISTORY
    family_history: FamilyHistory = NO_FAMILY_HISTORY
    other_name: str | None = None
    with_zeros: tuple[tuple[str, Neighbour], ...] = ()  # by the column of the certificate


@dataclass(frozen=True, slots=True)
class QualityFacts:
    """Everything the rules may read: the line, what it must fit to, the catalogue and the day.

    `known_files` gives for the hash of a whole OTA file that of the Manufacturer Image inside.
    """

    line: Line
    neighbours: Neighbours
    catalogue: Catalogue
    today: date
    known_files: Mapping[str, str]


class QualityRule(rulebook.Rule[QualityFacts]):
    """A rule of the list: what every rule has, how much it weighs, and the sheet's column beside
    which it is shown."""

    severity: ClassVar[Severity]
    field: ClassVar[str]
    concerns: ClassVar[tuple[str, ...]] = ()  # the columns it is about, where `field` is not all

    def beside(self, facts: QualityFacts) -> str:
        """The column beside which it is shown here, where it is broken."""
        return self.field

    def particulars(self, facts: QualityFacts) -> str:
        """What breaks it here, in words that stand beside the rule's sentence."""
        raise NotImplementedError

    def about(self, facts: QualityFacts) -> str:
        """The line's own values that the finding is about. A waiver holds for as long as these
        stand, whatever its neighbours say later."""
        columns = self.concerns or (self.field,)
        return "; ".join(f"{column}: {getattr(facts.line, column) or ''}" for column in columns)


def named(neighbours: tuple[Neighbour, ...]) -> str:
    """The first neighbours by id, each with what it says."""
    told = [f"{n.cpl_entry_id} ({n.says})" if n.says else n.cpl_entry_id for n in neighbours]
    return ", ".join(told[:NAMED]) + (" and others" if len(told) > NAMED else "")


def has_letters(firmware_version: str) -> bool:
    """Whether a stored version has a digit above 9, and so is no binary-coded decimal."""
    return not firmware_version.isdecimal()


def in_hexadecimal(firmware_version: str) -> str:
    """A version of decimal digits, read as a decimal number, in 8 hexadecimal digits."""
    return f"{int(firmware_version):08X}"
