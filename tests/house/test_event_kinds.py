"""Everything that can happen is told in one place, and told in words."""

import re
from pathlib import Path

import pytest

from fir.ledger.kinds import KINDS, EventKind

CHECKOUT = Path(__file__).resolve().parents[2]
FILES = [path.read_text() for path in (CHECKOUT / "fir").rglob("*.py")]
SOURCE = "\n".join(text for text in FILES if "NewEvent(" in text or "_event(" in text)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_has_a_sentence_an_audience_and_a_schema(kind: EventKind) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*\.", kind.sentence)
    assert kind.audience(["some-party"])
    assert kind.payload
    assert all(name.isascii() for name in kind.payload)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_appended_by_some_operation(name: str) -> None:
    assert f'"{name}"' in SOURCE


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_stands_in_the_glossary(name: str) -> None:
    assert f"`{name}`" in (CHECKOUT / "GLOSSARY.md").read_text()
