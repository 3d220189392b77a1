"""Bringing a release, question by question: how each is worded, and how an answer is translated
into what a system would send, and back. Nothing is judged here, so every form here is valid."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cpl.identifiers import DEVICE_TYPES
from cpl.sheet.cells import NONCHARACTERS, UNSEEN
from fir.portal.forms.questions import Choice, Choices, Line, Lines, YesOrNo
from fir.submissions.claims import REQUIRED, Kind
from fir.submissions.readers import MOST_NOTES, NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fir.submissions.claims import Fault

BETWEEN_ENTRIES = re.compile(r"[\s,;]+")
YES, NO = "YES", "NO"
NOT_KNOWN = "NOT KNOWN"
OTHERS = "other_predecessors"
PURPOSE_WORDS = {
    "SECURITY": "It closes a weakness (security)",
    "DEFECT": "It mends a defect",
    "REGULATORY": "The Code, or a specification, asks for it (regulatory)",
    "FEATURE": "It brings something new (feature)",
}
HARDWARE_HINT = "4 hexadecimal digits, as an image’s header has them: {}"


def add_faults(form: forms.Form, faults: Iterable[Fault]) -> None:
    """Put each fault beside the field it is about; what belongs to no field stands above all.

    A field that could not even be read as text has been spoken of already.
    """
    unread = set(form.errors)
    for fault in faults:
        if fault.field in unread:
            continue
        form.add_error(fault.field if fault.field in form.fields else None, fault.message)


class SectionForm(forms.Form):
    """Some of the questions about a release: those that are named.

    It is made of what a browser sent, or of `typed(said)`; once it was looked at, `said` is the
    answers as a draft keeps them, just as they were typed. Labels and choices depend on the draft.
    """

    of_entry = Line("CPL Entry ID", "The entry that this is about", width=20)
    reason = Line(
        "Reason",
        "One line that everybody can read for good, such as: the hash of the whole file was given",
    )
    manufacturer_identifier = Choice("Manufacturer Identifier", "One that your Party holds")
    device_type = Choice("Device Type", choices=[t for t in DEVICE_TYPES if t != "GPF"])
    device_model = Line(
        "Device Model",
        "8 hexadecimal digits: model, hardware version and revision, as 00090100",
        width=10,
    )
    further_device_models = Lines(
        "Further Device Models",
        "Other hardware of the same family that takes the very same image, one on each line. Each "
        "gets an entry of its own.",
    )
    esme_variant = Line("ESME variant", "For an ESME: A, AD, B and so on", width=5)
    firmware_version = Line("Firmware version", "8 hexadecimal digits, such as 0002012F", width=10)
    manufacturer_image_hash = Line(
        "Manufacturer Image Hash",
        "SHA-256 of the Manufacturer Image alone, not of the whole file: 64 hexadecimal digits",
    )
    image_size = Line("Image size", "Bytes of the whole OTA Upgrade Image", width=10)
    minimum_hardware_version = Line(
        "Lowest hardware version", HARDWARE_HINT.format("as 0100"), width=5
    )
    maximum_hardware_version = Line(
        "Highest hardware version", HARDWARE_HINT.format("as 01FF"), width=5
    )
    carries_updates = YesOrNo(
        "Does it carry updates to PPMID and HCALCS?", "For a Communications Hub (SECMP0007)"
    )
    predecessors = Choices(
        "Over which versions may it be installed?",
        "MP231. Suppliers’ Devices are told by this whether they may take it. Newest first.",
        alone=(NOT_APPLICABLE, NOT_KNOWN),
    )
    other_predecessors = Lines(
        "Other entries that it may be installed over", "CPL Entry IDs, one on each line"
    )
    smets_chts_version = Line(
        "SMETS or CHTS version", "As on the certificates, such as SMETS V5.1", width=20
    )
    gbcs_version = Line("GBCS version", "Such as 4.2", width=5)
    cpa_certificate_id = Line("CPA certificate", width=20)
    cpa_expiry_date = Line("CPA expiry date", "2032-11-20 or 20/11/2032", width=10)
    cpa_renewal_date = Line(
        "CPA renewal date",
        "Where the certificate is renewed rather than expiring (MP209)",
        width=10,
    )
    zigbee_certificate_id = Line("ZigBee certificate", width=20)
    dlms_certificate_id = Line("DLMS certificate", width=20)
    purposes = Choices("Why was it made?", choices=PURPOSE_WORDS.items())
    security_relevant = YesOrNo(
        "Does it matter to security?",
        "Say no particulars of a vulnerability, here or in the notes: they go to the Security "
        "Sub-Committee by its own route.",
    )
    interrupts_hub_power = YesOrNo(
        "Does activating it interrupt the Communications Hub’s power for more than three minutes?",
        "To the Network Party that looks like a power outage: the hub sends alert AD1 (MP102). It "
        "reads in the record that it is none.",
    )
    end_of_support = Line("End of support", "2032-11-20 or 20/11/2032", width=10)
    activation_advice = Lines(
        "Advice on activation",
        f"What to do before, while and after it is activated. At most {MOST_NOTES} characters.",
    )
    release_notes = Lines(
        "Release notes",
        f"What Suppliers should know, in plain text, at most {MOST_NOTES} characters. No "
        "particulars of a vulnerability.",
        rows=6,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    said: dict[str, Any]
    STANDING: ClassVar[tuple[str, ...]] = ("seen",)

    def __init__(
        self,
        typed: Mapping[str, Any],
        *,
        kind: str,
        names: Iterable[str],
        choices: Mapping[str, Iterable[tuple[str, str]]],
    ) -> None:
        """`choices` are those that depend on the draft, by field."""
        super().__init__(typed)
        self.names = tuple(names)
        asked = [n for name in self.names for n in (name, OTHERS)[: 1 + (name == "predecessors")]]
        self.fields = {name: self.fields[name] for name in (*asked, *self.STANDING)}
        for name in self.names:
            field = self.fields[name]
            if name in REQUIRED[kind]:
                # Said, rather than enforced by the browser: an error in words is the server's.
                field.widget.attrs["aria-required"] = "true"
            elif name != "predecessors":
                field.label = f"{field.label} (optional)"
            if hasattr(field, "offer"):
                field.offer(choices.get(name, ()), self._value(name))

    def _value(self, name: str) -> list[str]:
        """What a field with choices holds, to be shown whether or not it is one of them."""
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        return [str(one) for one in (value if isinstance(value, list) else [value]) if one]

    def clean(self) -> None:
        """Translate the answers, before any fault is put beside them."""
        self.said = {name: self._said(name) for name in self.names}

    def _said(self, name: str) -> Any:
        answer = self.cleaned_data[name]
        if name == "predecessors":
            return self._predecessors(answer)
        if name == "further_device_models":
            return _pieces(answer)
        if isinstance(self.fields[name], YesOrNo):
            return {YES: True, NO: False, "": None}.get(answer, answer)
        return answer.replace("\r\n", "\n") if isinstance(answer, str) else answer

    def _predecessors(self, ticked: list[str]) -> Any:
        """ "N/A" alone says none, and not known alone says nothing; beside others they are faults,
        which the parser tells."""
        named = [*ticked, *_pieces(self.cleaned_data[OTHERS])]
        if named == [NOT_APPLICABLE]:
            return NOT_APPLICABLE
        return None if named == [NOT_KNOWN] else list(dict.fromkeys(named))


def typed(said: Mapping[str, Any], *, kind: str, offered: Iterable[str] = ()) -> dict[str, Any]:
    """What a form of these answers holds; `offered` are the entries that have a box to tick."""
    held = {name: _as_typed(name, value) for name, value in said.items()}
    named = said.get("predecessors")
    over = [named] if isinstance(named, str) and named.strip() else []
    over = list(named) if isinstance(named, list) else over
    boxes = {*offered, NOT_APPLICABLE, NOT_KNOWN}
    held["predecessors"] = [str(one) for one in over if str(one) in boxes]
    held[OTHERS] = "\n".join(str(one) for one in over if str(one) not in boxes)
    if not over and kind == Kind.LEGACY_COMPLETION:
        held["predecessors"] = [NOT_KNOWN]
    return held


def _as_typed(name: str, value: Any) -> Any:
    if name == "purposes":
        return [str(one) for one in value] if isinstance(value, list) else str(value or "")
    if value is None or isinstance(value, bool):
        return {True: YES, False: NO, None: ""}[value]
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _pieces(text: str) -> list[str]:
    return [piece for piece in BETWEEN_ENTRIES.split(text) if piece]


def label_of(name: str) -> str:
    """What a question is called."""
    return str(SectionForm.base_fields[name].label)


def told(name: str, value: Any) -> str:
    """An answer in words, for reading; '' where nothing is said."""
    if name == "predecessors" and value in (NOT_APPLICABLE, ()):
        return "None (N/A)"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        names = PURPOSE_WORDS if name == "purposes" else {}
        return ", ".join(visible(names.get(str(one), str(one))) for one in value)
    return "" if value is None else visible(str(value))


def visible(text: str) -> str:
    """A text with a � for each character that could make it seem to say something else."""
    return "".join("�" if _misleads(character) else character for character in text)


def _misleads(character: str) -> bool:
    is_unseen = unicodedata.category(character) in UNSEEN or character in NONCHARACTERS
    return is_unseen and character not in "\n\r\t"
