"""Who is asking (a bearer key), and whether the door is open to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission

from fir.parties.models import Actor
from fir.parties.queries import actor_of_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.request import Request

    from fir.api.door import Door
    from fir.parties.permissions import Permission

SCHEME = "Bearer"


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`, the key as `issue_key` printed it."""

    def authenticate(self, request: Request) -> tuple[Actor, str] | None:
        """The actor behind the key; None when no key is given.

        Raises AuthenticationFailed when the header is of another form or the key will not do.
        """
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _, key = header.partition(" ")
        if scheme.lower() != SCHEME.lower() or not key.strip():
            raise AuthenticationFailed("Send the key as: Authorization: Bearer <key>.")
        actor = actor_of_key(key.strip())
        if actor is None:
            raise AuthenticationFailed("This key is unknown or was revoked.")
        return actor, SCHEME

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return SCHEME


class HoldsPermission(BasePermission):
    """Whether the actor holds one of the permissions that the door asks for at this method."""

    def has_permission(self, request: Request, view: Door) -> bool:  # type: ignore[override]
        """True where the door is public, or the actor holds what it asks for at this method."""
        method = "GET" if request.method == "HEAD" else request.method or ""
        has_it = method.lower() in view.http_method_names and hasattr(view, method.lower())
        if view.is_public or not has_it:
            return True  # a method that the door does not have is answered as such
        wanted = view.requires[method]
        actor = request.user
        if not isinstance(actor, Actor):
            return False
        if not any(actor.may(permission) for permission in wanted):
            self.message = lacking(wanted)
            return False
        return True


def lacking(wanted: Sequence[Permission]) -> str:
    """What a key is told that has none of these permissions, any of which would do."""
    names = " or ".join(permission.name for permission in wanted)
    return f"This key lacks the permission {names}: {wanted[0].sentence}"
