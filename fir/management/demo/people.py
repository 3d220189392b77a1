"""The people of the demo world, one for each kind of Party. All have the one public password."""

from dataclasses import dataclass

from fir.management.demo.parties import (
    ADMINISTRATOR,
    AGENT,
    DCC,
    IMPORT_ONLY,
    LARGEST,
    METERS,
    NETWORK,
    SMALLEST,
    Organisation,
)

PASSWORD = "nowhere-in-particular"  # noqa: S105 - shown to everybody, on purpose


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who acts for organisations, and has a mailbox at the first of them.

    `about` goes on after the name or the address.
    """

    name: str
    about: str
    acts_for: tuple[Organisation, ...]

    @property
    def email(self) -> str:
        """Where the person signs in from; nothing sent there arrives."""
        return self.acts_for[0].mailbox(self.name)


FIRST_EYES, SECOND_EYES = "basil", "cosima"
BRINGER = DemoPerson("ada", f"brings firmware for {METERS.name}, a Manufacturer", (METERS,))
PEOPLE = (
    BRINGER,
    DemoPerson(
        FIRST_EYES,
        f"decides what is published and keeps the list, for {ADMINISTRATOR.name}",
        (ADMINISTRATOR,),
    ),
    DemoPerson(
        SECOND_EYES,
        f"is the second pair of eyes at {ADMINISTRATOR.name}",
        (ADMINISTRATOR,),
    ),
    DemoPerson("greta", f"answers for the devices of {LARGEST.name}, a large Supplier", (LARGEST,)),
    DemoPerson(
        "boris",
        f"answers for two small Suppliers, {IMPORT_ONLY.name} and {SMALLEST.name}",
        (IMPORT_ONLY, SMALLEST),
    ),
    DemoPerson("nora", f"reads for {NETWORK.name}, a Network Party", (NETWORK,)),
    DemoPerson("piotr", f"works for {AGENT.name}, a Registered Supplier Agent", (AGENT,)),
    DemoPerson("delia", f"says when entries were loaded, for {DCC.name}, the DCC", (DCC,)),
)
