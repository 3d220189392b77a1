"""A Party's people: who they are, what each may do, and how somebody joins them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from fir.parties.operations import PermissionNotForCategory
from fir.parties.people import (
    AccountExists,
    InvitationNotOpen,
    InvitationRefused,
    LastManager,
    NotInvited,
    PasswordRefused,
    accept_invitation,
    invite_person,
    join_party,
    set_permissions,
    withdraw_invitation,
)
from fir.parties.permissions import Permission
from fir.parties.queries import (
    find_invitation,
    find_member,
    invitation_of_token,
    keys_in_use,
    open_invitations,
    people_of,
    person_of_email,
)
from fir.portal.access import ACTING_FOR
from fir.portal.forms.people import InviteForm, PasswordForm, PermissionsForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from fir.parties.models import ApiKey, Invitation
    from fir.parties.queries import Member

MANAGES = (Permission.MANAGE_PEOPLE,)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """A key, and the email of whoever made it, if that is one of its Party's people."""

    key: ApiKey
    maker: str


def keys_with_makers(keys: Sequence[ApiKey], members: Sequence[Member]) -> list[KeyInUse]:
    """Each key with the one of these people who made it."""
    emails = {member.person.actor_id: member.person.email for member in members}
    return [KeyInUse(key, emails.get(key.made_by, "")) for key in keys]


class People(Page):
    """Who acts for the Party, who is invited, and which keys are in use."""

    requires = {"GET": MANAGES}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The three lists."""
        members = people_of(self.party)
        return self.show(
            "people/people.html",
            members=members,
            invitations=open_invitations(self.party, at=timezone.now()),
            keys=keys_with_makers(keys_in_use(self.party), members),
        )


class Invite(Page):
    """Inviting somebody."""

    requires = {"GET": MANAGES, "POST": MANAGES}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self.show("people/invite.html", form=InviteForm(kept, party=self.party))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite, and say until when the invitation lasts."""
        form = InviteForm(request.POST, party=self.party)
        if form.is_valid() and (made := self._invited(form)):
            until = date_format(timezone.localtime(made.expires_at), "j F Y, H:i")
            messages.success(
                request, f"An invitation was sent to {made.email}. It lasts until {until}."
            )
            return redirect("portal:people")
        return self.show("people/invite.html", form=form, status=form_status(has_errors=True))

    def _invited(self, form: InviteForm) -> Invitation | None:
        try:
            return invite_person(
                party=self.party,
                email=form.cleaned_data["email"],
                permissions=form.chosen,
                by=self.actor,
                at=timezone.now(),
            )
        except InvitationRefused as refused:
            form.add_error("email", str(refused))
        except PermissionNotForCategory as refused:
            form.add_error("permissions", str(refused))
        return None


class Withdraw(Page):
    """Withdrawing an invitation."""

    requires = {"POST": MANAGES}

    def post(self, request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
        """Withdraw it. One that is open no more looks the same as another Party's."""
        now = timezone.now()
        invitation = find_invitation(self.party, invitation_id, at=now)
        try:
            if invitation is None:
                raise InvitationNotOpen
            withdraw_invitation(invitation=invitation, by=self.actor, at=now)
        except InvitationNotOpen:
            return self.show("people/not_open.html", status=HTTPStatus.NOT_FOUND)
        messages.success(
            request, f"The invitation of {invitation.email} was withdrawn. Its link opens nothing."
        )
        return redirect("portal:people")

    def form_url(self, request: HttpRequest) -> str:
        """The list, on which the button stands."""
        return reverse("portal:people")


class OnePerson(Page):
    """What one of the Party's people may do."""

    requires = {"GET": MANAGES, "POST": MANAGES}

    def get(self, request: HttpRequest, actor_id: uuid.UUID) -> HttpResponse:
        """What the person may do, to be changed."""
        member = self._member(actor_id)
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        form = PermissionsForm(kept, party=self.party, held=member.permissions)
        return self.show("people/person.html", member=member, form=form)

    def post(self, request: HttpRequest, actor_id: uuid.UUID) -> HttpResponse:
        """Let the person do what is ticked; nothing ticked ends its acting for the Party."""
        member = self._member(actor_id)
        form = PermissionsForm(request.POST, party=self.party, held=member.permissions)
        if not (form.is_valid() and self._changed(member, form)):
            status = form_status(has_errors=True)
            return self.show("people/person.html", member=member, form=form, status=status)
        name, email = self.party.name, member.person.email
        messages.success(
            request,
            f"What {email} may do for {name} was saved."
            if form.chosen
            else f"{email} no longer acts for {name}.",
        )
        manages_still = request.user != member.person or Permission.MANAGE_PEOPLE in form.chosen
        return redirect("portal:people" if manages_still else "portal:home")

    def _member(self, actor_id: uuid.UUID) -> Member:
        member = find_member(self.party, actor_id)
        if member is None:
            raise Http404
        return member

    def _changed(self, member: Member, form: PermissionsForm) -> bool:
        try:
            set_permissions(
                person=member.person,
                party=self.party,
                permissions=form.chosen,
                by=self.actor,
                at=timezone.now(),
            )
        except (LastManager, PermissionNotForCategory) as refused:
            form.add_error("permissions", str(refused))
            return False
        return True


class Invited(Page):
    """Accepting an invitation: with a new account, or with the one that its address has."""

    is_public = True

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Who invites to what, and what to do to accept. Looking accepts nothing."""
        invitation = invitation_of_token(token, at=timezone.now())
        if invitation is None:
            return self._not_open()
        return self._show(invitation, PasswordForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Accept, and let the person act for the Party from now on."""
        invitation = invitation_of_token(token, at=timezone.now())
        if invitation is None:
            return self._not_open()
        form = PasswordForm(request.POST)
        try:
            accepted = self._accepted(invitation, form)
        except InvitationNotOpen:
            return self._not_open()
        except (AccountExists, NotInvited):
            return self._show(invitation, form, status=HTTPStatus.CONFLICT)
        if not accepted:
            return self._show(invitation, form, status=form_status(has_errors=True))
        request.session[ACTING_FOR] = invitation.party.slug
        messages.success(request, f"You act for {invitation.party.name} now.")
        return redirect("portal:home")

    def _accepted(self, invitation: Invitation, form: PasswordForm) -> bool:
        now = timezone.now()
        if self.request.user.is_authenticated:
            join_party(invitation=invitation, person=self.request.user, at=now)
            return True
        if not form.is_valid():
            return False
        password = form.cleaned_data["password"]
        try:
            person = accept_invitation(invitation=invitation, password=password, at=now)
        except PasswordRefused as refused:
            for message in refused.messages:
                form.add_error("password", message)
            return False
        login(self.request, person, backend=BACKEND)
        return True

    def _show(
        self, invitation: Invitation, form: PasswordForm, *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        account = person_of_email(invitation.email)
        return self.show(
            "people/invited.html",
            invitation=invitation,
            form=form,
            has_account=account is not None,
            is_theirs=account is not None and account == self.request.user,
            status=status,
        )

    def _not_open(self) -> HttpResponse:
        return self.show("people/invitation_not_open.html", status=HTTPStatus.NOT_FOUND)
