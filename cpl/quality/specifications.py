"""The rules about the versions of SMETS, CHTS and GBCS that an entry names. Pure."""

from cpl.catalogue import Specification, SpecificationKey
from cpl.quality.facts import QualityFacts, QualityRule, Severity
from cpl.specifications import parse_gbcs, parse_specification, specification_of


class _SpecificationRule(QualityRule):
    """What the rules of both columns have in common: the column's text and the version meant."""

    reference = "SEC Appendix Z"

    def text(self, facts: QualityFacts) -> str | None:
        """What the column says; None where it was not said."""
        raise NotImplementedError

    def meant(self, facts: QualityFacts) -> SpecificationKey | None:
        """The kind and version it names; None where none can be read."""
        raise NotImplementedError

    def known(self, facts: QualityFacts) -> Specification | None:
        """What the catalogue holds of that version."""
        meant = self.meant(facts)
        return facts.catalogue.specifications.get(meant) if meant else None

    def unknown(self, facts: QualityFacts, kind: str) -> str:
        """Why it is no version of `kind` that the catalogue holds; '' where it is one."""
        text, meant = self.text(facts), self.meant(facts)
        if text is None:
            return ""
        if not text:
            return f"None is named; a version of {kind} is wanted."
        if meant is None:
            return f"No version of {kind} can be read in ‘{text}’."
        if meant[0] != kind:
            return f"‘{text}’ names {meant[0]}; a version of {kind} is wanted."
        if meant not in facts.catalogue.specifications:
            return f"‘{text}’ names {kind} {meant[1]}, which the catalogue does not hold."
        return ""


class _SmetsOrChts(_SpecificationRule):
    field = "smets_chts_version"

    def text(self, facts: QualityFacts) -> str | None:
        line = facts.line
        return line.smets_chts_version if line.device_type else None

    def meant(self, facts: QualityFacts) -> SpecificationKey | None:
        text, device_type = facts.line.smets_chts_version, facts.line.device_type
        return parse_specification(text, device_type) if text and device_type else None


class _Gbcs(_SpecificationRule):
    field = "gbcs_version"

    def text(self, facts: QualityFacts) -> str | None:
        return facts.line.gbcs_version

    def meant(self, facts: QualityFacts) -> SpecificationKey | None:
        return parse_gbcs(facts.line.gbcs_version) if facts.line.gbcs_version else None


class SpecificationIsKnown(_SmetsOrChts):
    """The SMETS or CHTS version is one that the catalogue of specifications holds."""

    code, severity = "SPECIFICATION_UNKNOWN", Severity.WAIVABLE

    def holds(self, facts: QualityFacts) -> bool:
        return not self.particulars(facts)

    def particulars(self, facts: QualityFacts) -> str:
        return self.unknown(facts, specification_of(facts.line.device_type or ""))


class SpecificationInEffect(_SmetsOrChts):
    """The SMETS or CHTS version has not ceased to be in effect."""

    code, severity = "SPECIFICATION_ENDED", Severity.MUST_FIX

    def holds(self, facts: QualityFacts) -> bool:
        return not _ended(self.known(facts), facts)

    def particulars(self, facts: QualityFacts) -> str:
        return _ended(self.known(facts), facts)


class GbcsIsKnown(_Gbcs):
    """The GBCS version is one that the catalogue of specifications holds."""

    code, severity = "GBCS_UNKNOWN", Severity.WAIVABLE

    def holds(self, facts: QualityFacts) -> bool:
        return not self.particulars(facts)

    def particulars(self, facts: QualityFacts) -> str:
        return self.unknown(facts, "GBCS")


class GbcsInEffect(_Gbcs):
    """The GBCS version has not ceased to be in effect."""

    code, severity = "GBCS_ENDED", Severity.MUST_FIX

    def holds(self, facts: QualityFacts) -> bool:
        return not _ended(self.known(facts), facts)

    def particulars(self, facts: QualityFacts) -> str:
        return _ended(self.known(facts), facts)


def _ended(known: Specification | None, facts: QualityFacts) -> str:
    until = known.in_effect_until if known else None
    if known is None or until is None or until >= facts.today:
        return ""
    return f"{known.kind} {known.version} was in effect until {until.isoformat()}."
