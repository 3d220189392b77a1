"""Parties, their people and keys, whom they let see what, and the Actor behind every act."""

from fir.parties.models.delegations import (
    ENDED,
    LIVE,
    NOT_YET,
    REVOKED,
    AgentRefusal,
    Delegation,
)
from fir.parties.models.parties import (
    Actor,
    ApiKey,
    DemoSignIn,
    Invitation,
    ManufacturerHolding,
    Party,
    PartyGroupGrant,
    PartyUserGrant,
    User,
    still_had,
)

__all__ = [
    "ENDED",
    "LIVE",
    "NOT_YET",
    "REVOKED",
    "Actor",
    "AgentRefusal",
    "ApiKey",
    "Delegation",
    "DemoSignIn",
    "Invitation",
    "ManufacturerHolding",
    "Party",
    "PartyGroupGrant",
    "PartyUserGrant",
    "User",
    "still_had",
]
