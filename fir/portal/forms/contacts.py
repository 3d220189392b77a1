"""Whom to ask for a Manufacturer's images. What the answers may be is said by the operation."""

from django import forms

from fir.records.contacts import LONGEST_EMAIL, LONGEST_ROLE, LONGEST_TELEPHONE


class ContactForm(forms.Form):
    """The card, field by field."""

    role = forms.CharField(
        label="Who is asked",
        help_text=(
            "A role rather than a person, for example “Firmware release desk”. At most "
            f"{LONGEST_ROLE} characters"
        ),
        required=False,
        widget=forms.TextInput(attrs={"aria-required": "true"}),
    )
    email = forms.CharField(
        label="Email",
        help_text=f"A mailbox that several people read. At most {LONGEST_EMAIL} characters",
        required=False,
        widget=forms.EmailInput(attrs={"aria-required": "true", "spellcheck": "false"}),
    )
    telephone = forms.CharField(
        label="Telephone (optional)",
        help_text=f"At most {LONGEST_TELEPHONE} characters",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-20"}),
    )
