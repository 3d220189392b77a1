"""The commands about Parties, keys and people."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from fir.parties.models import Invitation, ManufacturerHolding, Party
from fir.parties.queries import actor_of_key, identifiers_of, invitation_of_token
from tests import make

pytestmark = pytest.mark.django_db


def said(*command: str) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_a_party_is_admitted_with_its_mailbox_and_its_makers_contact() -> None:
    said(
        *("admit_party", "--slug", "fine-meters", "--name", "Fine Meters"),
        *("--category", "DEVICE_MANUFACTURER", "--manufacturer", "0xf1a1"),
        *("--contact", "images@fine-meters.invalid", "--mailbox", "news@fine-meters.invalid"),
    )

    party = Party.objects.get(slug="fine-meters")
    assert [m.identifier for m in party.manufacturers.all()] == ["F1A1"]
    assert party.subscription_set.get().email == "news@fine-meters.invalid"


@pytest.mark.parametrize(
    "wrong",
    [
        ("--mailbox", "nowhere"),
        ("--role", "XX"),
        ("--manufacturer", "F1A"),
        ("--name", "x" * 201),
        ("--category", "TOASTER"),
        ("--slug", "Big Light"),
    ],
)
def test_a_party_is_admitted_whole_or_not_at_all(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        said(*("admit_party", "--slug", "s", "--name", "S", "--category", "LARGE_SUPPLIER"), *wrong)

    assert not Party.objects.exists()


def test_a_party_is_given_a_further_identifier() -> None:
    party = make.maker()

    printed = said("give_identifier", "--party", party.slug, "--manufacturer", "f1a2")

    assert printed == "Fine Meters holds the Manufacturer Identifier F1A2 now.\n"
    assert identifiers_of(party) == ["F1A1", "F1A2"]


@pytest.mark.parametrize(
    ("slug", "identifier", "why"),
    [
        ("nobody", "F1A2", "No Party has the slug 'nobody'"),
        ("fine-meters", "F1A", "4 hexadecimal digits"),
        ("fine-meters", "F1A1", "holds the Manufacturer Identifier F1A1 already"),
    ],
)
def test_an_identifier_that_is_not_given_is_refused_in_words(
    slug: str, identifier: str, why: str
) -> None:
    make.maker()

    with pytest.raises(CommandError, match=why):
        said("give_identifier", "--party", slug, "--manufacturer", identifier)

    assert ManufacturerHolding.objects.count() == 1


def test_a_key_stands_alone_on_standard_output() -> None:
    make.party("big-light")

    printed = said("issue_key", "--party", "big-light", "--name", "feed")

    assert actor_of_key(printed.strip()) is not None
    assert printed.count("\n") == 1


def test_a_key_may_be_narrowed_and_not_widened() -> None:
    make.party("big-light")

    narrowed = said("issue_key", "--party", "big-light", "--name", "n", "--can", "READ_FEED")
    actor = actor_of_key(narrowed.strip())

    assert actor
    assert {permission.name for permission in actor.permissions} == {"READ_FEED"}
    with pytest.raises(CommandError, match="REVIEW_SUBMISSIONS"):
        said("issue_key", "--party", "big-light", "--name", "w", "--can", "REVIEW_SUBMISSIONS")


def test_a_revoked_key_opens_nothing_from_that_moment() -> None:
    make.party("big-light")
    key = said("issue_key", "--party", "big-light", "--name", "feed").strip()
    other = said("issue_key", "--party", "big-light", "--name", "other").strip()

    assert "feed (made " in said("revoke_key", "--party", "big-light")
    said("revoke_key", "--party", "big-light", "--name", "feed")

    assert actor_of_key(key) is None
    assert actor_of_key(other) is not None
    with pytest.raises(CommandError, match="'other'"):
        said("revoke_key", "--party", "big-light", "--name", "feed")


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_key_needs_a_name_that_fits(name: str) -> None:
    make.party("big-light")

    with pytest.raises(CommandError, match="at most 80"):
        said("issue_key", "--party", "big-light", "--name", name)


def invited(*more: str, email: str = "Ann@x.org") -> tuple[str, str]:
    """What `invite_person` prints on standard output, and beside it."""
    out, err = StringIO(), StringIO()
    command = ("invite_person", "--party", "big-light", "--email", email, *more)
    call_command(*command, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_link_of_an_invitation_stands_alone_on_standard_output(settings: Any) -> None:
    settings.BASE_URL = "https://fir.example.org"
    make.party("big-light")

    out, err = invited()

    made = Invitation.objects.get()
    link = re.fullmatch(r"https://fir\.example\.org/invitations/(\S+)\n", out)
    assert link
    assert invitation_of_token(link[1], at=timezone.now()) == made
    until = timezone.localtime(made.expires_at)
    assert "ann@x.org" in err
    assert f"{until:%d %B %Y, %H:%M}" in err
    assert err.count("\n") == 1


def test_an_invitation_may_be_narrowed_and_not_widened() -> None:
    make.party("big-light")

    invited("--can", "read_feed", "--can", "MANAGE_PEOPLE")

    assert Invitation.objects.get().permissions == ["manage_people", "read_feed"]
    with pytest.raises(CommandError, match="REVIEW_SUBMISSIONS"):
        invited("--can", "REVIEW_SUBMISSIONS")


@pytest.mark.parametrize(
    ("wrong", "why"), [({"email": "nobody"}, "nobody"), ({"email": ""}, "address")]
)
def test_an_invitation_that_is_refused_says_why(wrong: dict[str, str], why: str) -> None:
    make.party("big-light")

    with pytest.raises(CommandError, match=why):
        invited(**wrong)

    assert not Invitation.objects.exists()


def test_nobody_is_invited_by_a_party_that_there_is_not() -> None:
    with pytest.raises(CommandError, match="'big-light'"):
        invited()
