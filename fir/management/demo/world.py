"""The demo world while it is being loaded: who acts, what is listed, and the time that it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from fir.management.demo.families import Over
from fir.management.demo.people import PASSWORD
from fir.parties.models import DemoSignIn
from fir.parties.operations import admit_party, issue_key, operator
from fir.parties.people import accept_invitation, invite_person, join_party
from fir.parties.permissions import LETS_IN, MAY, Category, usual_permissions
from fir.parties.queries import actor_of_key, actors_of_person

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow
    from fir.management.demo.listing import Line
    from fir.management.demo.parties import Organisation
    from fir.management.demo.people import DemoPerson
    from fir.parties.models import Actor, Invitation


class DemoIncomplete(RuntimeError):
    """Something of the demo world did not come out as it must; the message says what."""


@dataclass(slots=True)
class World:
    """What the steps of the loading share.

    `rows` are the lines of the list by Device Model and firmware version, as they stand, oldest
    first; `keys` are the Parties' keys by slug, which nobody can read again afterwards.
    """

    now: datetime
    keys: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    rows: dict[tuple[str, str], SheetRow] = field(default_factory=dict)
    devices: int = 0

    def moment(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """A time of an earlier day."""
        day = (self.now - timedelta(days=days_ago)).date()
        return datetime.combine(day, time(hour, minute), tzinfo=self.now.tzinfo)

    def admit(self, organisation: Organisation, *, at: datetime) -> None:
        """Admit an organisation and make it a key, with which it acts from now on."""
        party = admit_party(
            slug=organisation.slug,
            name=organisation.name,
            category=organisation.category,
            user_roles=organisation.user_roles,
            manufacturer_identifiers=organisation.identifiers,
            by=operator(),
            at=at,
        )
        key = issue_key(party=party, name="demo", by=operator(), at=at)
        actor = actor_of_key(key)
        if actor is None:
            raise DemoIncomplete(f"The new key of {organisation.name} does not open.")
        self.keys[party.slug], self.actors[party.slug] = key, actor

    def welcome(self, person: DemoPerson, *, at: datetime) -> None:
        """Make a person's account, which may do all that its organisations may, and show it.

        The invitations are accepted before any reader hears of them, so no email goes out.
        """
        first, *others = (self._invite(person, to, at=at) for to in person.acts_for)
        user = accept_invitation(invitation=first, password=PASSWORD, at=at)
        for invitation in others:
            join_party(invitation=invitation, person=user, at=at)
        DemoSignIn.objects.create(user=user, about=person.about, password=PASSWORD)

    def _invite(self, person: DemoPerson, to: Organisation, *, at: datetime) -> Invitation:
        category, holds = Category(to.category), bool(to.identifiers)
        usual = usual_permissions(category, holds_identifier=holds)
        return invite_person(
            party=self.actor(to).party,
            email=person.email,
            permissions=usual | (LETS_IN & MAY[category]),
            by=operator(),
            at=at,
        )

    def actor(self, organisation: Organisation) -> Actor:
        """Whoever acts for an organisation."""
        return self.actors[organisation.slug]

    def person(self, name: str, organisation: Organisation) -> Actor:
        """Somebody in person, acting for an organisation."""
        sign_in = DemoSignIn.objects.select_related("user").get(
            user__email=organisation.mailbox(name)
        )
        acting = {actor.party.slug: actor for actor in actors_of_person(sign_in.user)}
        return acting[organisation.slug]

    def predecessors(self, line: Line) -> list[str]:
        """The entry ids that a release's maker names as what it may be installed over."""
        earlier = [row.cpl_entry_id for (m, _), row in self.rows.items() if m == line.device_model]
        named = {Over.ANY: earlier, Over.PREVIOUS: earlier[-1:]}
        return named.get(line.release.over, [])
