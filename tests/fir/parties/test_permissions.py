"""What each category may have, and what a key carries when nobody says otherwise."""

import pytest

from fir.parties.permissions import MAY, SUPPLIERS, Category, Permission, usual_permissions


@pytest.mark.parametrize("permission", Permission)
def test_a_permission_has_a_sentence(permission: Permission) -> None:
    assert permission.sentence.endswith(".")


def test_every_category_has_a_line_of_what_it_may_have() -> None:
    assert set(MAY) == set(Category)


def test_only_the_administrator_decides() -> None:
    deciders = {c for c in Category if Permission.REVIEW_SUBMISSIONS in MAY[c]}

    assert deciders == {Category.ADMINISTRATOR}


def test_only_a_supplier_brings_an_estate_and_its_agent_at_most_reads_it() -> None:
    loaders = {c for c in Category if Permission.LOAD_ESTATE in MAY[c]}
    viewers = {c for c in Category if Permission.VIEW_ESTATE in MAY[c]}

    assert loaders == SUPPLIERS
    assert viewers == SUPPLIERS | {Category.REGISTERED_SUPPLIER_AGENT}


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("holds", [True, False])
def test_what_is_given_unasked_is_never_more_than_the_category_may_have(
    category: Category, holds: bool
) -> None:
    given = usual_permissions(category, holds_identifier=holds)

    assert given <= MAY[category]
    assert Permission.MANAGE_PEOPLE not in given
    assert Permission.READ_FEED in given


@pytest.mark.parametrize("category", Category)
def test_bringing_firmware_is_given_unasked_only_to_who_holds_an_identifier(
    category: Category,
) -> None:
    without = usual_permissions(category, holds_identifier=False)
    holding = usual_permissions(category, holds_identifier=True)

    assert Permission.SUBMIT_FIRMWARE not in without
    assert holding - without == MAY[category] & {Permission.SUBMIT_FIRMWARE}
