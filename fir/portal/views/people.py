"""A Party's people: who they are, what each may do, and how somebody joins them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

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
    emails_of,
    find_invitation,
    find_member,
    invitation_of_token,
    people_of,
    person_of_email,
    standing,
)
from fir.portal.access import ACTING_FOR
from fir.portal.forms.people import InviteForm, PasswordForm, PermissionsForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest, HttpResponse

    from fir.parties.models import ApiKey, Invitation
    from fir.parties.queries import Member, Standing

MANAGES = (Permission.MANAGE_PEOPLE,)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Made:
    """A key in use or an open invitation, with who made it and whether that person still acts for
    the Party. The email is empty where no person did: then it was made on the server."""

    thing: ApiKey | Invitation
    email: str
    acts: bool


def with_makers(made: Standing, members: Sequence[Member]) -> dict[str, Any]:
    """The keys and invitations as pages list them. One query for all the makers together."""
    emails = emails_of(made.makers)
    acting = {member.person.actor_id for member in members}

    def named(things: Iterable[ApiKey | Invitation]) -> list[Made]:
        return [Made(one, emails.get(one.maker, ""), one.maker in acting) for one in things]

    return {"keys": named(made.keys), "invitations": named(made.invitations)}


def counted(made: Standing) -> str:
    """How many keys and invitations there are: `1 key and 2 open invitations`."""
    numbers = {"key": len(made.keys), "open invitation": len(made.invitations)}
    return " and ".join(
        f"{number} {word}{'s' if number > 1 else ''}" for word, number in numbers.items() if number
    )


class People(Page):
    """Who acts for the Party, who is invited, and which keys are in use."""

    requires = {"GET": MANAGES}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The three lists."""
        members = people_of(self.party)
        return self.show(
            "people/people.html",
            members=members,
            **with_makers(standing(self.party, at=timezone.now()), members),
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
    """What one of the Party's people may do, and what of this person's making still stands."""

    requires = {"GET": MANAGES, "POST": MANAGES}

    def get(self, request: HttpRequest, actor_id: uuid.UUID) -> HttpResponse:
        """What the person may do, to be changed; of somebody who has left, what is to be ended."""
        member = find_member(self.party, actor_id)
        if member is None:
            return self._left(actor_id)
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        form = PermissionsForm(kept, party=self.party, held=member.permissions)
        return self._show(member, form)

    def post(self, request: HttpRequest, actor_id: uuid.UUID) -> HttpResponse:
        """Let the person do what is ticked; nothing ticked ends its acting for the Party."""
        member = find_member(self.party, actor_id)
        if member is None:
            raise Http404
        form = PermissionsForm(request.POST, party=self.party, held=member.permissions)
        if not (form.is_valid() and self._changed(member, form)):
            return self._show(member, form, status=form_status(has_errors=True))
        name, email = self.party.name, member.person.email
        made = self._made_by(actor_id)
        if form.chosen:
            messages.success(request, f"What {email} may do for {name} was saved.")
        else:
            stands = f" What they made still stands: {counted(made)}." if made else ""
            messages.success(request, f"{email} no longer acts for {name}.{stands}")
        if request.user == member.person and Permission.MANAGE_PEOPLE not in form.chosen:
            return redirect("portal:home")
        if made and not form.chosen:
            return redirect("portal:person", actor_id)
        return redirect("portal:people")

    def _made_by(self, actor_id: uuid.UUID) -> Standing:
        return standing(self.party, at=timezone.now()).of(actor_id)

    def _show(
        self, member: Member, form: PermissionsForm, *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        made = with_makers(self._made_by(member.person.actor_id), [member])
        return self.show("people/person.html", member=member, form=form, status=status, **made)

    def _left(self, actor_id: uuid.UUID) -> HttpResponse:
        made = with_makers(self._made_by(actor_id), [])
        email = next((one.email for one in (*made["keys"], *made["invitations"])), "")
        if not email:  # nothing stands, or no person made it
            raise Http404
        return self.show("people/left.html", email=email, **made)

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
