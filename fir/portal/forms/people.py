"""What people are asked: whom to invite, what somebody may do, keys, passwords, whom to act for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from django import forms

from fir.parties.permissions import LETS_IN, MAY, Category, Permission, usual_permissions
from fir.parties.queries import holds_any_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from fir.parties.models import Actor, Party

CHOOSE_WELL = (
    "At least 12 characters. No word that many people use as a password, and nothing like the "
    "email address."
)


def _boxes(label: str, **more: Any) -> forms.MultipleChoiceField:
    """A box for each permission; which ones, its form says."""
    return forms.MultipleChoiceField(
        label=label,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Tick at least one.",
            "invalid_choice": "This Party cannot give %(value)s. Tick some of these.",
        },
        **more,
    )


class PermissionsForm(forms.Form):
    """What somebody may do, of what the Party can give.

    `held` is what is ticked at first, and can be kept even where the Party could not give it
    anew; without it, the Party's usual permissions are ticked.
    """

    permissions = _boxes("May do", required=False)

    def __init__(
        self, *arguments: Any, party: Party, held: Iterable[Permission] | None = None, **more: Any
    ) -> None:
        usual = usual_permissions(
            Category(party.category), holds_identifier=holds_any_identifier(party)
        )
        ticked = usual if held is None else frozenset(held)
        super().__init__(*arguments, **more)
        self.initial["permissions"] = sorted(ticked)
        offered = usual | ticked | (LETS_IN & MAY[Category(party.category)])
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]
            (each.value, each.sentence) for each in Permission if each in offered
        ]

    @property
    def chosen(self) -> frozenset[Permission]:
        """What was ticked, in a form without errors."""
        return frozenset(map(Permission, self.cleaned_data["permissions"]))


class InviteForm(PermissionsForm):
    """Whom to invite, and to do what."""

    email = forms.CharField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"spellcheck": "false"}),
        error_messages={
            "required": "Say whom to invite.",
            "max_length": "An email address has at most 254 characters.",
        },
    )
    permissions = _boxes("What this person may do")
    field_order = ["email", "permissions"]


class KeyForm(PermissionsForm):
    """What to call a new key, and what it may do."""

    name = forms.CharField(
        label="Name",
        help_text="Which system will use it, so that you know it again when it is to be revoked.",
        error_messages={"required": "Give it a name."},
    )
    permissions = _boxes("What it may do")
    field_order = ["name", "permissions"]


class PasswordForm(forms.Form):
    """The password of a new account."""

    password = forms.CharField(
        label="Password",
        strip=False,
        help_text=CHOOSE_WELL,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password."},
    )


class PartyForm(forms.Form):
    """Which of a person's Parties to act for."""

    # Not `acting_for`: by that name every other form says for whom it was made.
    party = forms.ChoiceField(
        label="Party",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose a Party.",
            "invalid_choice": "You do not act for that Party. Choose one of these.",
        },
    )

    def __init__(self, *arguments: Any, actors: Sequence[Actor], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["party"].choices = [  # type: ignore[attr-defined]
            (actor.party.slug, actor.party.name) for actor in actors
        ]


def _worded(field: forms.Field, label: str, hint: str = "") -> None:
    """Give one of allauth's fields words of ours, and take its placeholder away."""
    field.label, field.help_text = label, hint
    field.error_messages["required"] = f"Type your {label.lower()}."
    field.widget.attrs.pop("placeholder", None)


class SignIn(LoginForm):  # type: ignore[misc]
    """Email and password. A link to the page can name the email."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        _worded(self.fields["login"], "Email")
        _worded(self.fields["password"], "Password")
        if self.request is not None:
            self.fields["login"].initial = self.request.GET.get("login", "")


class ForgottenPassword(ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link with which to set a new password."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        _worded(self.fields["email"], "Email", "The one that you sign in with.")

    def save(self, request: HttpRequest, **more: Any) -> str:
        """Send one email whether or not anybody has an account, so that the page cannot tell."""
        if self.users:
            return str(super().save(request, **more))
        email = str(self.cleaned_data["email"])
        # allauth's own way would link to a page for signing up, which there is not.
        get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """The password, and the one that is to replace it."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        del self.fields["password2"]
        _worded(self.fields["oldpassword"], "Current password")
        _worded(self.fields["password1"], "New password", CHOOSE_WELL)


class NewPassword(ResetPasswordKeyForm):  # type: ignore[misc]
    """The password that replaces a forgotten one."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        del self.fields["password2"]
        _worded(self.fields["password1"], "New password", CHOOSE_WELL)
