"""Is the list right? Values that are wrong in a valid form, found by comparing them.

One class a rule, worded in its docstring as people will read it. Rules are pure: frozen facts in,
yes or no out. They judge Current entries, and of Removed ones the reason alone. A finding never
stops an import: the Administrator works through them, and those that must be fixed stop a new
release.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from cpl.catalogue import Catalogue
from cpl.quality.certificates import (
    CertificateHasADate,
    CertificateHasOneEnd,
    CertificateInDate,
    CertificateIsNamed,
    CertificatesAreThere,
)
from cpl.quality.facts import Line, Neighbours, QualityFacts, QualityRule, Severity
from cpl.quality.hashes import (
    HashBelongsToOneFamily,
    HashBelongsToOneMakerAndType,
    HashesDifferThroughout,
    HashOfTheImageAlone,
    ListedOnce,
    OneHashForAVersion,
    OneVersionForAnImage,
)
from cpl.quality.index import ListIndex
from cpl.quality.specifications import (
    GbcsInEffect,
    GbcsIsKnown,
    SpecificationInEffect,
    SpecificationIsKnown,
)
from cpl.quality.texts import CellsAreAsTyped, MakerIsNamedOnce
from cpl.quality.versions import VersionIsHexadecimal, VersionsAreCodedAlike
from cpl.sheet.row import CURRENT

ALL_RULES: tuple[QualityRule, ...] = (
    OneHashForAVersion(),
    HashBelongsToOneMakerAndType(),
    HashBelongsToOneFamily(),
    OneVersionForAnImage(),
    ListedOnce(),
    HashesDifferThroughout(),
    VersionsAreCodedAlike(),
    VersionIsHexadecimal(),
    HashOfTheImageAlone(),
    CertificateInDate(),
    CertificateIsNamed(),
    CertificatesAreThere(),
    CertificateHasADate(),
    CertificateHasOneEnd(),
    SpecificationIsKnown(),
    SpecificationInEffect(),
    GbcsIsKnown(),
    GbcsInEffect(),
    CellsAreAsTyped(),
    MakerIsNamedOnce(),
)
BY_CODE: Mapping[str, QualityRule] = {rule.code: rule for rule in ALL_RULES}
RULES_OF_REMOVED = tuple(rule for rule in ALL_RULES if isinstance(rule, CellsAreAsTyped))
_ALONE = Neighbours()


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """A rule that an entry breaks, the column beside which to show it, what breaks it, and what of
    the entry it is about."""

    code: str
    field: str
    severity: Severity
    particulars: str
    about: str


def findings_of(
    line: Line, index: ListIndex, catalogue: Catalogue, today: date, known_files: Mapping[str, str]
) -> list[QualityFinding]:
    """Every rule that one line breaks, in the order of the rules.

    The index holds the list, or at least all of it with the line's Manufacturer or its hash; the
    line itself may be among it or not.
    """
    current = line.status == CURRENT
    neighbours = index.neighbours_of(line) if current else _ALONE
    facts = QualityFacts(line, neighbours, catalogue, today, known_files)
    return [
        QualityFinding(
            rule.code,
            rule.beside(facts),
            rule.severity,
            rule.particulars(facts),
            rule.about(facts),
        )
        for rule in (ALL_RULES if current else RULES_OF_REMOVED)
        if not rule.holds(facts)
    ]


def findings_of_list(
    lines: Collection[Line], catalogue: Catalogue, today: date, known_files: Mapping[str, str]
) -> dict[str, list[QualityFinding]]:
    """What the whole list breaks, by CPL Entry ID; an entry that breaks nothing is absent."""
    index = ListIndex(lines)
    found = (
        (line.cpl_entry_id, findings_of(line, index, catalogue, today, known_files))
        for line in lines
    )
    return {entry_id: findings for entry_id, findings in found if findings}
