"""What somebody brings: asked before there is a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format

from fir.portal.drafting import KIND_WORDS
from fir.portal.forms.questions import Line
from fir.submissions.claims import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cpl.identifiers import ModelKey
    from fir.records.models import RepositoryEntry

ANOTHER = "another"
CHOOSE_DEVICE = "Choose the Device that the release is for, or another Device."


class StartForm(forms.Form):
    """What is brought, and of what. Whether there is such an entry is said by the rules."""

    kind = forms.ChoiceField(
        label="What do you bring?",
        choices=[(kind.value, label) for kind, label in KIND_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what you bring.",
            "invalid_choice": "Choose what you bring.",
        },
    )
    model = forms.ChoiceField(
        label="For which Device?",
        help_text="What its latest release says is filled in, for you to look through.",
        required=False,
        error_messages={"invalid_choice": CHOOSE_DEVICE},
    )
    firmware_version = Line(
        "Firmware version (optional)", "If you have it at hand: 8 hexadecimal digits", width=10
    )
    manufacturer_image_hash = Line(
        "Manufacturer Image Hash (optional)",
        "If you have it at hand: 64 hexadecimal digits. Both can be read from the image later.",
    )
    of_entry = Line("CPL Entry ID", "Of the entry that is concerned, such as CPL-000123", width=20)

    OF_NEW = ("model", "firmware_version", "manufacturer_image_hash")

    def __init__(self, *arguments: Any, models: Iterable[RepositoryEntry], **more: Any) -> None:
        """`models` are the latest releases of the Party's own Device Models."""
        super().__init__(*arguments, **more)
        self._keys = {_value(entry): _key(entry) for entry in models}
        choices = [(_value(entry), _words(entry)) for entry in models]
        self.fields["model"].choices = [  # type: ignore[attr-defined]
            ("", "Choose one"),
            *choices,
            (ANOTHER, "Another Device"),
        ]

    def clean(self) -> None:
        """A new release is for a Device."""
        is_new = self.cleaned_data.get("kind") == Kind.NEW
        if is_new and "model" not in self.errors and not self.cleaned_data.get("model"):
            self.add_error("model", CHOOSE_DEVICE)

    @property
    def key(self) -> ModelKey | None:
        """The Device Model that was chosen; None for another Device."""
        return self._keys.get(self.cleaned_data["model"])

    def at_hand(self) -> dict[str, str]:
        """What was typed of the release itself, where anything was."""
        return {n: said for n in self.OF_NEW[1:] if (said := self.cleaned_data[n]).strip()}


def _key(entry: RepositoryEntry) -> ModelKey:
    return (entry.device_type, entry.manufacturer_identifier, entry.device_model)


def _value(entry: RepositoryEntry) -> str:
    return "-".join(_key(entry))


def _words(entry: RepositoryEntry) -> str:
    """A Device Model in a list of them."""
    model = f"{entry.device_type} {entry.manufacturer_identifier} {entry.device_model}"
    day = date_format(entry.date_added, "j M Y")
    return f"{model}: latest {entry.firmware_version}, {entry.cpl_entry_id} of {day}"
