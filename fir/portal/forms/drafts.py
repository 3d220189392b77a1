"""Bringing a release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from cpl.identifiers import DEVICE_TYPES
from fir.submissions.claims import READERS, REQUIRED, Kind
from fir.submissions.readers import MOST_NOTES, NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fir.submissions.claims import Fault
    from fir.submissions.models import Submission

NAMED, NONE = "NAMED", "NONE"
YES, NO = "YES", "NO"
BETWEEN_ENTRIES = re.compile(r"[\s,;]+")


def add_faults(form: forms.Form, faults: Iterable[Fault]) -> None:
    """Put each fault beside the field it is about; what belongs to no field stands above all.

    A field that could not even be read as text has been spoken of already.
    """
    unread = set(form.errors)
    for fault in faults:
        if fault.field in unread:
            continue
        form.add_error(fault.field if fault.field in form.fields else None, fault.message)


def _line(label: str, hint: str = "", *, width: int = 20) -> forms.CharField:
    """A line of text, its box about as wide as the answer. Whether it is missing, too long or of
    the wrong form is the parsers' to say, so that people read the same sentence as systems do."""
    box = forms.TextInput(attrs={"class": f"govuk-input govuk-input--width-{width}"})
    return forms.CharField(label=label, help_text=hint, required=False, widget=box)


def _optional(label: str) -> str:
    return f"{label} (optional)"


class ReleaseForm(forms.Form):
    """One release, field by field as `submissions.claims` reads it. The answers are translated into
    what a system would send; the faults that come back stand beside the fields."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("The Device", ("manufacturer_identifier", "device_type", "device_model", "esme_variant")),
        ("The firmware", ("firmware_version", "manufacturer_image_hash", "carries_updates")),
        ("Its upgrade pathway", ("pathway", "predecessors")),
        (
            "Specifications and assurance",
            (
                "smets_chts_version",
                "gbcs_version",
                "cpa_certificate_id",
                "cpa_expiry_date",
                "cpa_renewal_date",
                "zigbee_certificate_id",
                "dlms_certificate_id",
            ),
        ),
        ("For those who install it", ("release_notes",)),
    )

    manufacturer_identifier = forms.ChoiceField(
        label="Manufacturer Identifier",
        required=False,
        error_messages={"invalid_choice": "Choose one that your Party holds."},
    )
    device_type = forms.ChoiceField(
        label="Device Type",
        required=False,
        error_messages={"invalid_choice": "Choose one of the Device Types."},
        choices=[("", "Choose one"), *((t, t) for t in DEVICE_TYPES if t != "GPF")],
    )
    device_model = _line(
        "Device Model",
        "8 hexadecimal digits: model, hardware version and revision, as 00090100",
        width=10,
    )
    esme_variant = _line(_optional("ESME variant"), "For an ESME: A, AD, B and so on", width=5)
    firmware_version = _line("Firmware version", "8 hexadecimal digits, such as 0002012F", width=10)
    manufacturer_image_hash = _line(
        "Manufacturer Image Hash",
        "SHA-256 of the Manufacturer Image alone, not of the whole file: 64 hexadecimal digits",
        width=64,
    )
    carries_updates = forms.ChoiceField(
        label=_optional("Does it carry updates to PPMID and HCALCS?"),
        help_text="For a Communications Hub (SECMP0007)",
        required=False,
        choices=[("", "Not said, or not a hub"), (YES, "Yes"), (NO, "No")],
        widget=forms.RadioSelect,
    )
    pathway = forms.ChoiceField(
        label="Over which versions may it be installed?",
        help_text="MP231. Suppliers' Devices are told by this whether they may take it.",
        required=False,
        choices=[
            (NAMED, "Over the entries named below"),
            (NONE, "Over none (N/A): no Device in the field may be updated to it"),
        ],
        widget=forms.RadioSelect,
    )
    predecessors = forms.CharField(
        label="Permitted predecessors",
        help_text="Their CPL Entry IDs, each on a line of its own",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    smets_chts_version = _line(
        "SMETS or CHTS version", "As on the certificates, such as SMETS V5.1"
    )
    gbcs_version = _line("GBCS version", "Such as 4.2", width=5)
    cpa_certificate_id = _line(_optional("CPA certificate"))
    cpa_expiry_date = _line(_optional("CPA expiry date"), "2032-11-20 or 20/11/2032", width=10)
    cpa_renewal_date = _line(
        _optional("CPA renewal date"),
        "Where the certificate is renewed rather than expiring (MP209)",
        width=10,
    )
    zigbee_certificate_id = _line(_optional("ZigBee certificate"))
    dlms_certificate_id = _line(_optional("DLMS certificate"))
    release_notes = forms.CharField(
        label=_optional("Release notes"),
        help_text=f"What Suppliers should know, in plain text, at most {MOST_NOTES} characters. "
        "No particulars of a vulnerability.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *arguments: Any, identifiers: Iterable[str], **more: Any) -> None:
        super().__init__(*arguments, **more)
        held = [(code, code) for code in identifiers]
        choices = held if len(held) == 1 else [("", "Choose one"), *held]
        self.fields["manufacturer_identifier"].choices = choices  # type: ignore[attr-defined]
        for name in self.fields:
            # Said, rather than enforced by the browser: an error in words comes from the server.
            if name in REQUIRED[Kind.NEW]:
                self.fields[name].widget.attrs["aria-required"] = "true"

    def said(self) -> dict[str, Any]:
        """The answers as a system would send them. Call it on a valid form."""
        answers = {name: self.cleaned_data.get(name, "") for name in READERS}
        answers["carries_updates"] = {YES: True, NO: False}.get(answers["carries_updates"])
        named = [text for text in BETWEEN_ENTRIES.split(answers["predecessors"]) if text]
        is_none = self.cleaned_data.get("pathway") == NONE
        answers["predecessors"] = NOT_APPLICABLE if is_none and not named else named
        return answers

    def clean(self) -> None:
        """An answer that says two things at once is neither."""
        if self.cleaned_data.get("pathway") == NONE and self.cleaned_data.get("predecessors"):
            self.add_error(
                "pathway", "Predecessors are named below. Take them out, or choose to name them."
            )

    @staticmethod
    def answers_of(submission: Submission) -> dict[str, Any]:
        """What the form would hold for a submission, to bring it again."""
        answers = {name: getattr(submission, name) for name in READERS}
        answers["pathway"] = NAMED if submission.predecessors else NONE
        answers["predecessors"] = "\n".join(submission.predecessors or ())
        answers["carries_updates"] = {True: YES, False: NO, None: ""}[submission.carries_updates]
        return answers

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in self.SECTIONS]
