"""People who are signed in, as tests of pages need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fir.parties.models import Party, User
    from fir.parties.permissions import Permission

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(of: Party, permissions: Iterable[Permission] | None = None) -> Client:
    """The browser of somebody who acts for this Party."""
    return browser_of(make.person(of, permissions=permissions))


def browser_of(person: User) -> Client:
    """The browser of a person who is signed in; it gets FIR's own answer to an error."""
    client = Client(raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    return client
