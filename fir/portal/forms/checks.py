"""What is asked where Devices are checked without being kept."""

from __future__ import annotations

from django import forms

ON_PAGE, AS_SHEET = "page", "sheet"


class _AnswerForm(forms.Form):
    """How the answer is wanted."""

    answer = forms.ChoiceField(
        label="How do you want the answers?",
        choices=[
            (ON_PAGE, "On this page: the counts, and the first Devices"),
            (AS_SHEET, "As a CSV file with every Device"),
        ],
        initial=ON_PAGE,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose how you want the answers."
        ),
    )


class FileForm(_AnswerForm):
    """A file with Devices. It is read by `fir.portal.uploads` and never by this form; how the
    answer is wanted stands before it, so that it is known before the file comes in."""

    devices = forms.FileField(
        label="File with the Devices",
        required=False,
        help_text="A CSV file, plain or packed with gzip, or a response to 8.2 (XML)",
    )


class PasteForm(_AnswerForm):
    """Devices as they are copied out of a sheet, with its headings."""

    pasted = forms.CharField(
        label="Devices, a line each, below a line with the headings",
        help_text="Cells copied from a spreadsheet, lines of a CSV file, or a response to 8.2. "
        "For more than some ten thousand Devices, bring a file.",
        strip=False,
        error_messages={"required": "Paste the Devices, a line each, below their headings."},
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    field_order = ("pasted", "answer")
