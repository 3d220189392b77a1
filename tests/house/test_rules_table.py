"""The table of eligibility's rules in docs/ is what the rules themselves say.

To write it anew after a rule was changed:
`RECORD_RULES=1 make test ARGS="tests/house/test_rules_table.py -n 0"`.
"""

import os
from pathlib import Path

from cpl.rulebook import sentence_of
from fir.eligibility.explanations import MEANINGS
from fir.eligibility.rules import ALL_RULES, Effect

TABLE = Path(__file__).resolve().parents[2] / "docs" / "eligibility-rules.md"
DOES = {
    Effect.BLOCKS: "blocks",
    Effect.LEAVES_OPEN: "leaves it unconfirmed",
    Effect.WARNS: "only warns",
}
HEAD = """# May these Devices take this release?

Every rule is asked, and every one that is broken is told, warnings apart. The sentence says what is
so when the rule is broken. This page is written out of the rules themselves.
"""


def written() -> str:
    """The page: the outcomes, then the rules in the order in which they are told."""
    outcomes = [f"| `{one}` | Devices that {meaning}. |" for one, meaning in MEANINGS.items()]
    rules = [
        f"| `{rule.code}` | {sentence_of(rule)} | {DOES[rule.effect]} | {rule.reference} "
        f"| {rule.assumes} |"
        for rule in ALL_RULES
    ]
    tables = [
        ["| outcome | what it means |", "|---|---|", *outcomes],
        [
            "| code | what is so | what it does | where it comes from | taken as given |",
            "|---|---|---|---|---|",
            *rules,
        ],
    ]
    return "\n".join([HEAD, *("\n".join([*table, ""]) for table in tables)])


def test_the_table_says_what_the_rules_say() -> None:
    if os.environ.get("RECORD_RULES"):
        TABLE.write_text(written())

    assert TABLE.read_text() == written()


def test_no_cell_breaks_the_table() -> None:
    rows = [row for row in written().splitlines() if row.startswith("|")]

    assert {row.count("|") for row in rows} == {3, 6}
