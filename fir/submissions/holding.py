"""Whether a Party may bring what a claim says: only under the identifiers that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Collection

    from fir.parties.models import Party
    from fir.submissions.claims import Claim


def fault_of_holding(claim: Claim, *, party: Party, held: Collection[str]) -> Fault | None:
    """That the Party does not hold the claim's Manufacturer Identifier, if it does not; `held` are
    those that it holds."""
    identifier = claim.manufacturer_identifier
    if not identifier or identifier in held:
        return None
    message = (
        f"{party.name} does not hold the Manufacturer Identifier {identifier}. The Administrator "
        "gives identifiers to the Parties that may bring for them."
    )
    return Fault("manufacturer_identifier", "NOT_YOUR_MANUFACTURER", message)
