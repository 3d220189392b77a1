"""A draft as its pages show it: in sections, each with what is to be mended in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from fir.portal.forms.drafts import label_of, told
from fir.portal.sections import Section, says_something, sections_of
from fir.records.contact_queries import is_unconfirmed
from fir.submissions.claims import IDENTITY, Fault, Kind
from fir.submissions.draft_queries import judge_draft
from fir.submissions.files import FileFacts, disagreements
from fir.submissions.offers import told_by_list
from fir.submissions.rules.rule import OF_A_RELEASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry
    from fir.records.queries import Contact
    from fir.submissions.claims import Claim
    from fir.submissions.models import Draft

KIND_WORDS = {
    Kind.NEW: "New release",
    Kind.CORRECTION: "Correction of a record",
    Kind.LEGACY_COMPLETION: "Completing an entry from before the repository",
    Kind.WITHDRAWAL: "Withdrawing a release",
    Kind.RECALL_LIFT: "Lifting a recall",
}
BUTTONS = {
    Kind.NEW: "Bring this release",
    Kind.CORRECTION: "Bring this correction",
    Kind.LEGACY_COMPLETION: "Bring this completion",
    Kind.WITHDRAWAL: "Ask for this withdrawal",
    Kind.RECALL_LIFT: "Ask for the recall to be lifted",
}
CONTACT = "contact"
LONGEST_NAME = 40
NOT_YOURS = "NOT_YOUR_MANUFACTURER"


class Status(StrEnum):
    """How a task stands."""

    COMPLETED = "Completed"
    TO_BE_MENDED = "To be mended"
    NOT_STARTED = "Not started"


@dataclass(frozen=True, slots=True)
class Told:
    """Something to be mended or looked at, and the section and field where it is."""

    fault: Fault
    label: str
    section: str


@dataclass(frozen=True, slots=True)
class Task:
    """A section in the task list."""

    slug: str
    title: str
    status: Status
    to_mend: int


@dataclass(frozen=True)
class Look:
    """A draft with everything that the rules say of it today, and what stands beside it."""

    draft: Draft
    claim: Claim
    sections: Sequence[Section]
    faults: Sequence[Fault]
    warnings: Sequence[Fault]
    family: Sequence[RepositoryEntry]
    cards: Mapping[str, Contact | None]

    @property
    def is_of_release(self) -> bool:
        """Whether it describes a release, which a withdrawal or a recall's end does not."""
        return self.draft.kind in OF_A_RELEASE

    def section(self, slug: str) -> Section | None:
        """The section of this name, if the draft has it."""
        return next((section for section in self.sections if section.slug == slug), None)

    def faults_in(self, section: Section) -> list[Fault]:
        """What is to be mended in a section."""
        return [fault for fault in self.faults if fault.field in section.names]

    def warnings_in(self, section: Section) -> list[Fault]:
        """What to look at again in a section."""
        return [fault for fault in self.warnings if fault.field in section.names]

    def is_started(self, section: Section) -> bool:
        """Whether anything is said in a section, or all of it was left open on purpose."""
        said = self.draft.said
        is_saved = all(name in said for name in section.names)
        return is_saved or any(says_something(said.get(name)) for name in section.names)

    def tasks(self) -> list[Task]:
        """The sections, each with how it stands."""
        return [self._task(section) for section in self.sections]

    def _task(self, section: Section) -> Task:
        faults = self.faults_in(section)
        status = Status.TO_BE_MENDED if faults else Status.COMPLETED
        if not self.is_started(section):
            status = Status.NOT_STARTED
        return Task(section.slug, section.title, status, len(faults))

    def told(self, faults: Sequence[Fault]) -> list[Told]:
        """Faults with where each is to be mended."""
        places = {name: section.slug for section in self.sections for name in section.names}
        return [Told(f, _label(f.field).rstrip("?"), places.get(f.field, "")) for f in faults]

    def answer(self, name: str) -> str:
        """An answer as it would be kept, or as it was typed where it cannot be read."""
        read = getattr(self.claim, name)
        said = self.draft.said.get(name)
        is_none = name == "predecessors" and read == ()
        return told(name, read if says_something(read) or is_none else said)

    @property
    def button(self) -> str:
        """What the button says that brings it."""
        return BUTTONS[Kind(self.draft.kind)]

    @property
    def device(self) -> str:
        """The Device and firmware that it is about, as far as they are said."""
        said = (self.answer(name) for name in IDENTITY)
        return " ".join(one for one in said if one)


def _label(name: str) -> str:
    try:
        return label_of(name)
    except KeyError:
        return name


def look_at(draft: Draft, *, party: Party, at: datetime) -> Look:
    """What the rules say of a draft of the Party's, as of a day."""
    judged = judge_draft(draft, party=party, today=localdate(at))
    claim = judged.claim
    # Nobody may answer there for whom it is brought, where that is told by the entry.
    faults = [
        replace(f, field="of_entry") if f.code == NOT_YOURS and draft.kind != Kind.NEW else f
        for f in judged.faults
    ]
    return Look(
        draft=draft,
        claim=claim,
        sections=sections_of(draft, claim.device_type),
        faults=faults,
        warnings=[*of_file(draft, claim), *judged.warnings],
        family=judged.family,
        cards=judged.cards,
    )


def of_file(draft: Draft, claim: Claim) -> list[Fault]:
    """Where a draft's answers and the file that was read for it differ."""
    if not draft.file:
        return []
    told_by_entry = {name: getattr(claim, name) for name in told_by_list(draft.kind)}
    said = {**draft.said, **{n: value for n, value in told_by_entry.items() if value}}
    return disagreements(FileFacts.kept(draft.file), said, device_type=claim.device_type)


def contact_of(look: Look) -> Contact | None:
    """The card of the Manufacturer that a draft is for, if there is one that the Party keeps."""
    return look.cards.get(look.claim.manufacturer_identifier or "")


def contact_status(contact: Contact | None, *, at: datetime) -> Status:
    """How the task of the Manufacturer's contact stands."""
    if contact is None:
        return Status.NOT_STARTED
    if is_unconfirmed(contact.confirmed_on, localdate(at)):
        return Status.TO_BE_MENDED
    return Status.COMPLETED


def name_of(draft: Draft) -> str:
    """What a draft is about, in a line."""
    kind, said = KIND_WORDS[Kind(draft.kind)], draft.said
    if draft.kind != Kind.NEW:
        about = told("of_entry", said.get("of_entry"))[:LONGEST_NAME]
        return f"{kind}: {about}" if about else kind
    device = " ".join(filter(None, (told(n, said.get(n)) for n in ("device_type", "device_model"))))
    return f"{kind} for {device[:LONGEST_NAME]}" if device else kind
