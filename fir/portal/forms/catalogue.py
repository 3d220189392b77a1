"""What the Administrator is asked about the catalogue: versions, and what Device Types need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cpl.models import ANSWERABLE, SPECIFICATIONS
from fir.portal.forms.filters import DayField
from fir.portal.forms.keeping import DAY_BOX
from fir.records.catalogue import LONGEST_SOURCE, Needs, Version

if TYPE_CHECKING:
    from cpl.models import DeviceTypeNeeds, SpecificationVersion


CERTIFICATES = {"needs_cpa": "CPA", "needs_zigbee": "ZigBee", "needs_dlms": "DLMS"}
PARTIES = {"DCC": "The DCC", "IS": "The Import Supplier", "GS": "The Gas Supplier"}
_ASSUMPTION = "assumption"


class _SourcedForm(forms.Form):
    """Where something was read, and whether anything confirms it. Whether the answers can be kept
    is said by the operations."""

    source = forms.CharField(
        label="Source",
        required=False,
        help_text=f"Where this can be read, for everybody. At most {LONGEST_SOURCE} characters.",
        widget=forms.TextInput(attrs={"aria-required": "true"}),
    )
    is_assumption = forms.MultipleChoiceField(
        label="How sure is it?",
        required=False,
        help_text="To confirm an assumption, untick it and name what confirms it as the source.",
        choices=[(_ASSUMPTION, "It is an assumption: nobody has confirmed it from a source")],
        widget=forms.CheckboxSelectMultiple,
    )

    def sourced(self) -> dict[str, Any]:
        """The two answers as the operations take them."""
        said = self.cleaned_data
        return {"source": said["source"], "is_assumption": bool(said["is_assumption"])}


class VersionForm(_SourcedForm):
    """What is known of a version that the catalogue holds."""

    in_effect_from = DayField(label="In effect from (optional)", widget=DAY_BOX)
    in_effect_until = DayField(label="In effect until (optional)", widget=DAY_BOX)
    field_order = ["in_effect_from", "in_effect_until", "source", "is_assumption"]

    def says(self, kind: str, version: str) -> Version:
        """The answers about this version. Only of a form without errors."""
        days = {name: self.cleaned_data[name] for name in ("in_effect_from", "in_effect_until")}
        return Version(kind=kind, version=version, **days, **self.sourced())

    @staticmethod
    def answers_of(known: SpecificationVersion) -> dict[str, Any]:
        """What the form holds at first."""
        return {
            "in_effect_from": known.in_effect_from and known.in_effect_from.isoformat(),
            "in_effect_until": known.in_effect_until and known.in_effect_until.isoformat(),
            **_sourced_answers(known),
        }


class NewVersionForm(VersionForm):
    """A version that the catalogue does not hold yet."""

    kind = forms.ChoiceField(
        label="Specification",
        choices=[("", "Choose one"), *((kind, kind) for kind in SPECIFICATIONS)],
        error_messages={"required": "Choose a specification."},
    )
    version = forms.CharField(
        label="Version",
        required=False,
        help_text="Numbers and dots alone, such as 4.2",
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-5"}),
    )
    field_order = ["kind", "version", *VersionForm.field_order]


class NeedsForm(_SourcedForm):
    """What a Device Type needs."""

    certificates = forms.MultipleChoiceField(
        label="Certificates that are needed",
        required=False,
        choices=list(CERTIFICATES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    answerable = forms.ChoiceField(
        label="Who answers for a replacement of the CPA certificate?",
        required=False,
        choices=[*((code, PARTIES[code]) for code in ANSWERABLE), ("", "Nobody is known to")],
        widget=forms.RadioSelect,
    )
    field_order = ["certificates", "answerable", "source", "is_assumption"]

    def says(self, device_type: str) -> Needs:
        """The answers about this Device Type. Only of a form without errors."""
        ticked = self.cleaned_data["certificates"]
        return Needs(
            device_type=device_type,
            needs_cpa="needs_cpa" in ticked,
            needs_zigbee="needs_zigbee" in ticked,
            needs_dlms="needs_dlms" in ticked,
            answerable=self.cleaned_data["answerable"],
            **self.sourced(),
        )

    @staticmethod
    def answers_of(known: DeviceTypeNeeds) -> dict[str, Any]:
        """What the form holds at first."""
        return {
            "certificates": [name for name in CERTIFICATES if getattr(known, name)],
            "answerable": known.answerable,
            **_sourced_answers(known),
        }


def _sourced_answers(known: SpecificationVersion | DeviceTypeNeeds) -> dict[str, Any]:
    return {
        "source": known.source,
        "is_assumption": [_ASSUMPTION] if known.is_assumption else [],
    }
