"""Manufacturers' cards: whose is to be confirmed, and changing or confirming one."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from cpl.queries import manufacturer_name
from fir.parties.permissions import Permission
from fir.portal.forms.contacts import ContactForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.pages import listing
from fir.records.contact_queries import find_maker, is_unconfirmed, makers_by_card
from fir.records.contacts import ContactRefused, NoContact, change_contact, confirm_contact
from fir.records.queries import contacts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.parties.models import Party

KEEPERS = (Permission.SUBMIT_FIRMWARE, Permission.MANAGE_LIST)
CONFIRM = "confirm"
# Where somebody may be sent back to: a page about submissions, and nothing else.
BACK = re.compile(r"/submissions/[A-Za-z0-9_/-]{1,200}")
NOTHING_CHANGED = "The contact said just this already. If it is right, confirm it."


class _Keeping(Page):
    @property
    def keeps_for(self) -> Party | None:
        """The Party whose own Manufacturer Identifiers the asker keeps; None: it keeps all."""
        return None if self.actor.may(Permission.MANAGE_LIST) else self.party


class Contacts(_Keeping):
    """The Manufacturer Identifiers whose cards the asker keeps, with their cards."""

    requires = {"GET": KEEPERS}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of them: those that are to be given or confirmed come first."""
        found = listing(makers_by_card(self.keeps_for), request.GET)
        contacts = contacts_of([maker.identifier for maker in found.page])
        today = timezone.localdate()
        rows = [
            (maker, contact, contact is None or is_unconfirmed(contact.confirmed_on, today))
            for maker in found.page
            for contact in [contacts.get(maker.identifier)]
        ]
        return self.show(
            "contacts/contacts.html", status=found.status, listing=found, rows=rows, today=today
        )


class OneContact(_Keeping):
    """One Manufacturer's card: when it was last confirmed, and the forms that confirm or change
    it. Whoever was sent here from a task of a submission gets back there."""

    requires = dict.fromkeys(("GET", "POST"), KEEPERS)

    def get(self, request: HttpRequest, manufacturer_identifier: str) -> HttpResponse:
        """The card."""
        maker = self._maker(manufacturer_identifier)
        kept = take_answers(request, self.party)
        said = kept if kept and kept.get("action") != CONFIRM else None
        if said:
            messages.info(request, WELCOME_BACK)
        return self._show(maker, said, back=_back_of(kept or request.GET))

    def post(self, request: HttpRequest, manufacturer_identifier: str) -> HttpResponse:
        """Confirm the card, or change it, or say what is to be mended."""
        maker = self._maker(manufacturer_identifier)
        back = _back_of(request.POST)
        if request.POST.get("action") == CONFIRM:
            return self._confirm(maker, back)
        form = ContactForm(request.POST)
        if form.is_valid():
            try:
                changed = change_contact(
                    manufacturer_identifier=maker,
                    **form.cleaned_data,
                    by=self.actor,
                    at=timezone.now(),
                )
            except ContactRefused as refused:
                for fault in refused.faults:
                    form.add_error(fault.field, fault.message)
            else:
                return self._changed(maker, back, changed=changed)
        return self._show(maker, form, back=back)

    def _maker(self, said: str) -> str:
        """The identifier. Raises Http404 for one whose card the asker does not keep."""
        maker = find_maker(said, held_by=self.keeps_for)
        if maker is None:
            raise Http404
        return maker.identifier

    def _confirm(self, maker: str, back: str) -> HttpResponse:
        try:
            confirm_contact(manufacturer_identifier=maker, by=self.actor, at=timezone.now())
        except NoContact as refused:
            messages.warning(self.request, str(refused))
            return _to_card(maker, back)
        messages.success(self.request, f"The contact of {maker} is confirmed as of today.")
        return HttpResponseRedirect(back) if back else _to_card(maker)

    def _changed(self, maker: str, back: str, *, changed: bool) -> HttpResponse:
        if not changed:
            messages.info(self.request, NOTHING_CHANGED)
            return _to_card(maker, back)
        said = (
            f"The contact of {maker} was saved. Whoever reads its records is shown it from now on."
        )
        messages.success(self.request, said)
        return HttpResponseRedirect(back) if back else _to_card(maker)

    def _show(
        self, maker: str, said: ContactForm | Mapping[str, str] | None, *, back: str
    ) -> HttpResponse:
        contact = contacts_of([maker]).get(maker)
        today = timezone.localdate()
        standing = asdict(contact) if contact else None
        form = said if isinstance(said, ContactForm) else ContactForm(said, initial=standing)
        return self.show(
            "contacts/contact.html",
            status=form_status(has_errors=form.is_bound and bool(form.errors)),
            identifier=maker,
            name=manufacturer_name(maker),
            contact=contact,
            is_unconfirmed=contact is not None and is_unconfirmed(contact.confirmed_on, today),
            today=today,
            form=form,
            back=back,
        )


def _back_of(said: Mapping[str, str]) -> str:
    """The page to go back to, if one was named that may be."""
    named = said.get("back", "")
    return named if BACK.fullmatch(named) else ""


def _to_card(maker: str, back: str = "") -> HttpResponse:
    address = reverse("portal:contact", kwargs={"manufacturer_identifier": maker})
    return HttpResponseRedirect(f"{address}?back={back}" if back else address)
