"""Fields of forms whose answers are kept as they were typed: none of them finds fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterable


class _AsTyped(forms.CharField):
    """Text, whatever it holds: the parsers below say what may be kept, and what is to be mended."""

    def __init__(self, label: str, hint: str, widget: forms.Widget) -> None:
        super().__init__(
            label=label, help_text=hint, required=False, strip=False, widget=widget, validators=()
        )
        self.validators = []  # Django's own refuses what the database has no form for


class Line(_AsTyped):
    """A line of text, its box about as wide as the answer; 0 for one as wide as the page."""

    def __init__(self, label: str, hint: str = "", *, width: int = 0) -> None:
        kind = f"govuk-input govuk-input--width-{width}" if width else "govuk-input"
        super().__init__(label, hint, forms.TextInput(attrs={"class": kind}))


class Lines(_AsTyped):
    """Several lines of text."""

    def __init__(self, label: str, hint: str = "", *, rows: int = 4) -> None:
        super().__init__(label, hint, forms.Textarea(attrs={"rows": rows}))


class _Offers:
    """A field with choices of its own, and those that are offered to it later. What was answered
    otherwise is shown among them."""

    own: list[tuple[str, str]]
    choices: Any

    def offer(self, choices: Iterable[tuple[str, str]], held: Iterable[str]) -> None:
        """Offer these choices, its own, and what it holds."""
        offered = [*self.own, *choices]
        known = {value for value, _ in offered}
        self.choices = [*offered, *((one, one) for one in held if one not in known)]

    def valid_value(self, value: Any) -> bool:
        """Every answer is kept; the parsers say whether there is such a choice."""
        return value is not None


class Choice(_Offers, forms.ChoiceField):
    """One of a few, from a list that opens."""

    def __init__(self, label: str, hint: str = "", choices: Iterable[str] = ()) -> None:
        self.own = [("", "Choose one"), *((word, word) for word in choices)]
        super().__init__(label=label, help_text=hint, required=False, choices=self.own)


class YesOrNo(_Offers, forms.ChoiceField):
    """Yes, no, or not said."""

    def __init__(self, label: str, hint: str = "") -> None:
        self.own = [("YES", "Yes"), ("NO", "No"), ("", "Not said")]
        super().__init__(
            label=label,
            help_text=hint,
            required=False,
            choices=self.own,
            widget=forms.RadioSelect,
        )


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes to tick. Each of those `alone` stands for all others being unticked."""

    alone: frozenset[str] = frozenset()

    def create_option(self, *arguments: Any, **more: Any) -> dict[str, Any]:
        """A box; GOV.UK Frontend's script unticks the others when one that stands alone is
        ticked."""
        option: dict[str, Any] = super().create_option(*arguments, **more)
        if str(option["value"]) in self.alone:
            option["attrs"]["data-behaviour"] = "exclusive"
        return option


class Choices(_Offers, forms.MultipleChoiceField):
    """Any of a few, or one of those `alone`, which exclude all others."""

    def __init__(
        self,
        label: str,
        hint: str = "",
        choices: Iterable[tuple[str, str]] = (),
        alone: Iterable[str] = (),
    ) -> None:
        self.own = list(choices)
        boxes = Boxes()
        boxes.alone = frozenset(alone)
        super().__init__(
            label=label, help_text=hint, required=False, choices=self.own, widget=boxes
        )
