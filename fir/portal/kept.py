"""What somebody typed into a form that could not be taken just then, so that nothing is lost:
the session had ended, or another tab had chosen another Party since.

It lies in the browser's own session for an hour, and comes back only to the form it was typed
into, for the Party it was typed for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict

from fir.portal.access import ACTING_FOR, person_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from fir.parties.models import Party

KEPT = "kept_answers"
MOST_KEPT = 150_000  # characters as they are sent; the longest form is a release with its notes
KEPT_FOR = 3600
WELCOME_BACK = "What you typed is here. Check it and send it."
NOT_KEPT = ("csrfmiddlewaretoken", "password")


def keep_answers(request: HttpRequest, path: str) -> None:
    """Keep what was sent until its sender sees the form at `path` again.

    Somebody who signs in for it acts for the Party it was typed for, if that may be.
    """
    said = request.POST.copy()
    for name in NOT_KEPT:
        said.pop(name, None)
    text = said.urlencode()
    if not said or len(text) > MOST_KEPT:
        return
    request.session[KEPT] = {"path": path, "said": text}
    if person_of(request) is None:
        request.session.set_expiry(KEPT_FOR)
        request.session[ACTING_FOR] = said.get(ACTING_FOR, "")


def take_answers(request: HttpRequest, party: Party) -> QueryDict | None:
    """What was typed into the form at this address and could not be taken then; once.

    None when there is nothing; what was typed for another Party waits until that one is acted for.
    """
    kept = request.session.get(KEPT)
    if not kept or kept["path"] != request.path:
        return None
    said = QueryDict(kept["said"])
    if said.get(ACTING_FOR) != party.slug:
        return None
    del request.session[KEPT]
    return said
