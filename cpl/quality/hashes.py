"""The rules about Manufacturer Image Hashes, and about entries that stand twice. Pure."""

from cpl.quality.facts import DATA_QUALITY, QualityFacts, QualityRule, Severity, named

_HASH = "manufacturer_image_hash"


class OneHashForAVersion(QualityRule):
    """A firmware version of a Device Model has one Manufacturer Image Hash."""

    code, field, severity = "TWO_HASHES", _HASH, Severity.MUST_FIX
    reference = "SEC Appendix Z"

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.neighbours.other_hashes

    def particulars(self, facts: QualityFacts) -> str:
        others = named(facts.neighbours.other_hashes)
        return f"This is {facts.line.manufacturer_image_hash}; another is that of {others}."


class HashBelongsToOneMakerAndType(QualityRule):
    """A Manufacturer Image Hash stands under one Manufacturer and one Device Type only."""

    code, field, severity = "HASH_OF_ANOTHER", _HASH, Severity.MUST_FIX
    reference = DATA_QUALITY

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.neighbours.hash_of_others

    def particulars(self, facts: QualityFacts) -> str:
        return f"It is the hash of {named(facts.neighbours.hash_of_others)}."


class HashBelongsToOneFamily(QualityRule):
    """A Manufacturer Image Hash stands under one family: Device Type, Manufacturer and model."""

    code, field, severity = "HASH_OF_ANOTHER_FAMILY", _HASH, Severity.WAIVABLE
    reference = DATA_QUALITY

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.neighbours.hash_of_families

    def particulars(self, facts: QualityFacts) -> str:
        others = named(facts.neighbours.hash_of_families)
        return f"{facts.line.manufacturer_image_hash} is the hash of {others}."


class OneVersionForAnImage(QualityRule):
    """Within a family, a Manufacturer Image Hash stands under one firmware version."""

    code, field, severity = "ONE_IMAGE_TWO_VERSIONS", _HASH, Severity.WAIVABLE
    reference = DATA_QUALITY

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.neighbours.hash_of_versions

    def particulars(self, facts: QualityFacts) -> str:
        line, others = facts.line, named(facts.neighbours.hash_of_versions)
        return (
            f"{line.manufacturer_image_hash} stands under {line.firmware_version}, and is the "
            f"hash of {others}."
        )


class ListedOnce(QualityRule):
    """A firmware version of a Device Model is listed once."""

    code, field, severity = "LISTED_TWICE", "cpl_entry_id", Severity.WAIVABLE
    reference = "SEC Appendix Z"

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.neighbours.twins

    def particulars(self, facts: QualityFacts) -> str:
        line, twins = facts.line, named(facts.neighbours.twins)
        return f"{line.device_model} with {line.firmware_version} is listed as {twins} too."


class HashesDifferThroughout(QualityRule):
    """The Manufacturer Image Hashes of a family differ in more than four digits."""

    code, field, severity = "NEARLY_THE_SAME_HASH", _HASH, Severity.WAIVABLE
    reference = DATA_QUALITY

    def holds(self, facts: QualityFacts) -> bool:
        return not facts.neighbours.near_hashes

    def particulars(self, facts: QualityFacts) -> str:
        others = named(facts.neighbours.near_hashes)
        return (
            f"One of them may be mistyped: this is {facts.line.manufacturer_image_hash}, and "
            f"nearly the same is that of {others}."
        )


class HashOfTheImageAlone(QualityRule):
    """The Manufacturer Image Hash is taken over the Manufacturer Image, not the whole OTA file."""

    code, field, severity = "HASH_OF_WHOLE_FILE", _HASH, Severity.MUST_FIX
    reference = "GBCS"

    def holds(self, facts: QualityFacts) -> bool:
        return facts.line.manufacturer_image_hash not in facts.known_files

    def particulars(self, facts: QualityFacts) -> str:
        image_hash = facts.known_files[facts.line.manufacturer_image_hash or ""]
        return f"The hash of the Manufacturer Image in that file is {image_hash}."
