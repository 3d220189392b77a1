"""The commands about Parties and keys."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fir.parties.models import Party
from fir.parties.queries import actor_of_key
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
