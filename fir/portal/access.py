"""Who acts: the person who is signed in, for one of its Parties, which the session names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.middleware import get_user

from fir.parties.queries import actors_of_person
from fir.portal.navigation import navigation

if TYPE_CHECKING:
    from django.http import HttpRequest

    from fir.parties.models import Actor, User

ACTING_FOR = "acting_for"
_CACHE = "_fir_actors"


def person_of(request: HttpRequest) -> User | None:
    """Who is signed in by the browser's session, whatever key a door of the API asks for."""
    if not hasattr(request, "session"):
        return None  # an error before anybody could be recognised
    person = get_user(request)
    return person if person.is_authenticated else None


def actors_of(request: HttpRequest) -> list[Actor]:
    """Everybody whom the signed-in person may act as, one for each of its Parties; asked once."""
    if not hasattr(request, _CACHE):
        person = person_of(request)
        setattr(request, _CACHE, actors_of_person(person) if person else [])
    return cast("list[Actor]", getattr(request, _CACHE))


def actor_of(request: HttpRequest) -> Actor | None:
    """Whoever acts in this request; None for a stranger and for a person without a Party.

    A person with several Parties acts for the one the session names, or else for the first.
    """
    actors = actors_of(request)
    if not actors:
        return None
    named = request.session.get(ACTING_FOR)
    return next((actor for actor in actors if actor.party.slug == named), actors[0])


def act_for(request: HttpRequest, slug: str) -> Actor | None:
    """Let the person act for this Party from now on; None when it may not."""
    chosen = next((actor for actor in actors_of(request) if actor.party.slug == slug), None)
    if chosen is not None:
        request.session[ACTING_FOR] = slug
    return chosen


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows: who acts, and where that Actor may go."""
    actor = actor_of(request)
    return {
        "actor": actor,
        "person": person_of(request),
        "has_other_parties": len(actors_of(request)) > 1,
        "navigation": navigation(actor, request.path),
    }
