"""What somebody typed into a form, kept while they sign in again, so that nothing is lost.

It lies in the browser's own session for an hour, and comes back only to the form it was typed
into, for the Party it was typed for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict

from fir.portal.access import ACTING_FOR

if TYPE_CHECKING:
    from django.http import HttpRequest

    from fir.parties.models import Party

KEPT = "kept_answers"
MOST_KEPT = 40_000  # characters; the longest form is a release with its notes
KEPT_FOR = 3600
WELCOME_BACK = "You were signed out. What you typed is here: check it and send it."
NOT_KEPT = ("csrfmiddlewaretoken", "password")


def keep_answers(request: HttpRequest, path: str) -> None:
    """Keep what was sent until its sender has signed in and sees the form at `path` again."""
    said = request.POST.copy()
    for name in NOT_KEPT:
        said.pop(name, None)
    text = said.urlencode()
    if said and len(text) <= MOST_KEPT:
        request.session[KEPT] = {"path": path, "said": text}
        request.session.set_expiry(KEPT_FOR)


def take_answers(request: HttpRequest, party: Party) -> QueryDict | None:
    """What was typed into the form at this address before its sender had to sign in again; once.

    None when there is nothing, or when it was typed for another Party.
    """
    kept = request.session.get(KEPT)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[KEPT]
    said = QueryDict(kept["said"])
    return said if said.get(ACTING_FOR) == party.slug else None
