"""Keys, by which a Party's systems use the API: making one, and revoking it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from fir.parties.operations import (
    KeyAlreadyRevoked,
    KeyRefused,
    PermissionNotForCategory,
    issue_key,
    revoke_key,
)
from fir.parties.permissions import Permission
from fir.parties.queries import find_key
from fir.portal.forms.people import KeyForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status

if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest, HttpResponse

    from fir.parties.models import User

MANAGES = (Permission.MANAGE_PEOPLE,)


class NewKey(Page):
    """Making a key."""

    requires = {"GET": MANAGES, "POST": MANAGES}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self.show("keys/new.html", form=KeyForm(kept, party=self.party))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the key and show it, here and nowhere else."""
        form = KeyForm(request.POST, party=self.party)
        if form.is_valid() and (key := self._made(form)):
            name = form.cleaned_data["name"]
            shown = {"key": key, "name": name, "base_url": settings.BASE_URL}
            return self.show("keys/made.html", status=HTTPStatus.CREATED, **shown)
        return self.show("keys/new.html", form=form, status=form_status(has_errors=True))

    def _made(self, form: KeyForm) -> str:
        try:
            return issue_key(
                party=self.party,
                name=form.cleaned_data["name"],
                permissions=form.chosen,
                person=cast("User", self.request.user),
                by=self.actor,
                at=timezone.now(),
            )
        except KeyRefused as refused:
            form.add_error("name", str(refused))
        except PermissionNotForCategory as refused:
            form.add_error("permissions", str(refused))
        return ""


class RevokeKey(Page):
    """Revoking a key. One that is revoked already looks the same as another Party's."""

    requires = {"GET": MANAGES, "POST": MANAGES}

    def get(self, request: HttpRequest, actor_id: uuid.UUID) -> HttpResponse:
        """What will stop working, and the button."""
        key = find_key(self.party, actor_id)
        if key is None:
            return self._not_in_use()
        return self.show("keys/revoke.html", key=key)

    def post(self, request: HttpRequest, actor_id: uuid.UUID) -> HttpResponse:
        """Revoke it."""
        key = find_key(self.party, actor_id)
        if key is None:
            return self._not_in_use()
        try:
            revoke_key(key=key, by=self.actor, at=timezone.now())
        except KeyAlreadyRevoked:  # by somebody else, this very moment
            messages.info(request, f"The key “{key.name}” was revoked already.")
        else:
            messages.success(request, f"The key “{key.name}” was revoked. It opens nothing now.")
        return redirect("portal:people")

    def _not_in_use(self) -> HttpResponse:
        return self.show("keys/not_in_use.html", status=HTTPStatus.NOT_FOUND)
