"""The questions about a release, answered with what a Manufacturer says of it to the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms

from fir.portal.forms.drafts import OTHERS, SectionForm, label_of, typed
from fir.portal.pathway_answers import OVER_NONE
from fir.portal.sections import SECTIONS
from fir.submissions.claims import REQUIRED, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.visitor import Visitor

FIELDS = SectionForm.base_fields
START, ANOTHER = "Bring a release", "Another Device"
SAVE, MAIN = "Save and continue", "//main"


@dataclass(frozen=True)
class Answer:
    """An answer to the question with this label: a text, one chosen from a list that opens, or, for
    a button or a box, whose label this is, that it is chosen or ticked."""

    label: str
    value: str
    is_list: bool = False
    is_ticked: bool = False


def in_sections(said: Mapping[str, Any]) -> Iterator[tuple[str, list[Answer]]]:
    """Each section's title with the answers to give there, in the order of the form."""
    held = typed(said, kind=Kind.NEW)
    for section in SECTIONS:
        answers = [a for name in section.names if name in said for a in _answers(name, held)]
        if answers:
            yield section.title, answers


def _answers(name: str, held: Mapping[str, Any]) -> Iterator[Answer]:
    field: Any = FIELDS[name]
    if name == "predecessors":
        # Entries that stand in the list of boxes may be named below it as well.
        if held[name]:
            yield Answer(OVER_NONE[1], "", is_ticked=True)
        else:
            yield Answer(label_of(OTHERS), held[OTHERS])
    elif isinstance(field.widget, forms.RadioSelect):
        yield Answer(str(dict(field.choices)[held[name]]), "", is_ticked=True)
    elif isinstance(field.widget, forms.CheckboxSelectMultiple):
        for value in held[name]:
            yield Answer(str(dict(field.choices)[value]), "", is_ticked=True)
    else:
        yield Answer(asked(name), held[name], is_list=isinstance(field.widget, forms.Select))


def asked(name: str) -> str:
    """How a new release's form words a question."""
    is_plain = name in REQUIRED[Kind.NEW] or name == OTHERS
    return label_of(name) if is_plain else f"{label_of(name)} (optional)"


def by_label(answers: list[Answer]) -> dict[str, str | bool]:
    """Answers by the labels that are filled in, chosen from or ticked."""
    return {one.label: one.is_ticked or one.value for one in answers}


def begin(visitor: Visitor, **said: str) -> None:
    """Begin a draft, of a Device that FIR does not know unless told otherwise."""
    visitor.open("/submissions/new")
    visitor.send("Continue", said or {"For which Device?": ANOTHER})


def answer(visitor: Visitor, said: Mapping[str, Any]) -> None:
    """Answer every question that there is an answer to, task by task."""
    for title, answers in in_sections(said):
        visitor.follow(title, within=MAIN)
        visitor.send(SAVE, by_label(answers))
        assert visitor.status == 200, visitor.errors


def bring(visitor: Visitor, said: Mapping[str, Any]) -> None:
    """Answer everything in a draft that was begun, and bring it."""
    answer(visitor, said)
    visitor.follow("Check and bring", within=MAIN)
    visitor.send("Bring this release")
