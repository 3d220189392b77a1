"""The rules about cells of plain text: what a spreadsheet made of them, and how names are spelt.
Pure."""

import re

from cpl.quality.facts import DATA_QUALITY, QualityFacts, QualityRule, Severity
from cpl.sheet.row import CURRENT

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
# In any cell of text: the group's name tells what happened.
_ANYWHERE = r"""
    (?P<number>[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+|[0-9]+[.,][0-9]+[eE][0-9]+)
    |(?P<error>\#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!))
    |(?P<narrow>\#{3,})
    |(?P<truth>TRUE|FALSE)
"""
# Where a version or a certificate is wanted. Day numbers are those of the years 2000 to 2050.
_NO_NAME = rf"""
    |(?P<date>
        (?:19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}(?:[ T][0-9:.]+)?
        |[0-9]{{1,2}}/[0-9]{{1,2}}/(?:[0-9]{{2}}|[0-9]{{4}})(?:\ [0-9:]+)?
        |[0-9]{{1,2}}\.[0-9]{{1,2}}\.(?:19|20)[0-9]{{2}}
        |[0-9]{{1,2}}[- ]{_MONTH}(?:[- ](?:[0-9]{{2}}|[0-9]{{4}}))?
        |{_MONTH}[- ](?:[0-9]{{2}}|[0-9]{{4}})
    )
    |(?P<day>36[5-9][0-9]{{2}}|3[7-9][0-9]{{3}}|4[0-9]{{4}}|5[0-4][0-9]{{3}}|550[0-9]{{2}})
"""
_IN_TEXT = re.compile(_ANYWHERE, re.VERBOSE).fullmatch
_IN_CODE = re.compile(_ANYWHERE + _NO_NAME, re.VERBOSE).fullmatch
_MEANINGS = {
    "number": "a number that a spreadsheet shortened",
    "error": "a spreadsheet’s error",
    "narrow": "what a spreadsheet shows where a column is too narrow",
    "truth": "a spreadsheet’s true or false",
    "date": "a date",
    "day": "a spreadsheet’s number for a day",
}
_OF_CURRENT = (
    ("manufacturer_name", _IN_TEXT),
    ("smets_chts_version", _IN_CODE),
    ("gbcs_version", _IN_CODE),
    ("esme_variant", _IN_CODE),
    ("cpa_certificate_id", _IN_CODE),
    ("zigbee_certificate_id", _IN_CODE),
    ("dlms_certificate_id", _IN_CODE),
)
# Of an entry that is off the list nothing else will be mended.
_OF_REMOVED = (("removal_reason", _IN_TEXT),)


class CellsAreAsTyped(QualityRule):
    """A cell says what was typed into it, not what a spreadsheet made of it."""

    code, field, severity = "SPREADSHEET_DAMAGE", "manufacturer_name", Severity.WAIVABLE
    concerns = tuple(column for column, _ in (*_OF_CURRENT, *_OF_REMOVED))
    reference = DATA_QUALITY

    def _damaged(self, facts: QualityFacts) -> dict[str, str]:
        line = facts.line
        columns = _OF_CURRENT if line.status == CURRENT else _OF_REMOVED
        damaged = {}
        for column, looks_damaged in columns:
            text = getattr(line, column)
            if text and (found := looks_damaged(text)):
                damaged[column] = f"{column} holds ‘{text}’, {_MEANINGS[found.lastgroup or '']}"
        for column, other in facts.neighbours.with_zeros:
            text = getattr(line, column)
            damaged[column] = (
                f"{column} holds ‘{text}’, but ‘{other.says}’ in {other.cpl_entry_id}, with "
                "leading zeros"
            )
        return damaged

    def holds(self, facts: QualityFacts) -> bool:
        return not self._damaged(facts)

    def beside(self, facts: QualityFacts) -> str:
        return next(iter(self._damaged(facts)))

    def particulars(self, facts: QualityFacts) -> str:
        return f"{'; '.join(self._damaged(facts).values())}."


class MakerIsNamedOnce(QualityRule):
    """A Manufacturer Identifier stands under one name, written in one way."""

    code, field, severity = "MAKER_NAMED_TWICE", "manufacturer_name", Severity.WAIVABLE
    reference = DATA_QUALITY

    def holds(self, facts: QualityFacts) -> bool:
        return facts.neighbours.other_name is None

    def particulars(self, facts: QualityFacts) -> str:
        line = facts.line
        return (
            f"{line.manufacturer_identifier} is ‘{line.manufacturer_name}’ here and "
            f"‘{facts.neighbours.other_name}’ in other entries."
        )
