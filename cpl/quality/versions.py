"""The rules about how firmware versions are coded: wrong ones have a valid form. Pure."""

from cpl.quality.facts import (
    DATA_QUALITY,
    QualityFacts,
    QualityRule,
    Severity,
    has_letters,
    in_hexadecimal,
    named,
)

# With fewer, a Manufacturer that counts in hexadecimal may not have come to a letter yet. Entries
# do not count: one release for a range of hardware makes many.
VERSIONS_THAT_TELL = 5


class VersionsAreCodedAlike(QualityRule):
    """A Manufacturer codes the firmware versions of a Device Type alike, in BCD or hexadecimal."""

    code, field, severity = "VERSION_CODING", "firmware_version", Severity.WAIVABLE
    reference = DATA_QUALITY

    def holds(self, facts: QualityFacts) -> bool:
        version, history = facts.line.firmware_version, facts.neighbours.history
        return (
            not version
            or not has_letters(version)
            or history.has_letters
            or history.versions < VERSIONS_THAT_TELL
        )

    def particulars(self, facts: QualityFacts) -> str:
        line, last = facts.line, facts.neighbours.history.last
        before = f", the last as {named((last,))}" if last else ""
        return (
            f"{line.firmware_version} holds a letter. All that {line.manufacturer_identifier} "
            f"listed for {line.device_type} before it have decimal digits only{before}."
        )


class VersionIsHexadecimal(QualityRule):
    """A firmware version is written in hexadecimal, as the Device reports it."""

    code, field, severity = "VERSION_LOOKS_DECIMAL", "firmware_version", Severity.WAIVABLE
    reference = DATA_QUALITY

    def holds(self, facts: QualityFacts) -> bool:
        family = facts.neighbours.family_history
        return family.like_decimal is None or family.like_typed is not None

    def particulars(self, facts: QualityFacts) -> str:
        version, like = facts.line.firmware_version or "", facts.neighbours.family_history
        beside = f", beside {named((like.like_decimal,))}" if like.like_decimal else ""
        return (
            f"{version} is like no earlier version of its family. Read as a decimal number it is "
            f"{in_hexadecimal(version)} in hexadecimal{beside}."
        )
