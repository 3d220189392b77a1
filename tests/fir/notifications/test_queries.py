"""What a Party finds of its notices, and where they went."""

from __future__ import annotations

import pytest

from fir.notifications.models import Delivery, Notice
from fir.notifications.queries import deliveries_of, find_notice
from tests import make


@pytest.mark.django_db
def test_a_party_finds_its_own_notices_and_where_each_went() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    mine, second, foreign = (
        Notice.objects.create(
            party=of, seq=seq, kind="K", subject_id="S", counts={}, raised_at=make.AT
        )
        for of, seq in ((party, 1), (party, 2), (other, 1))
    )
    for notice, address in ((mine, "b@x.org"), (mine, "a@x.org"), (foreign, "c@x.org")):
        Delivery.objects.create(notice=notice, address=address, next_try_at=make.AT)

    assert find_notice(party, mine.pk) == mine
    assert find_notice(party, foreign.pk) is None
    assert find_notice(party, 0) is None
    assert [delivery.address for delivery in deliveries_of(mine)] == ["a@x.org", "b@x.org"]
    assert deliveries_of(second) == []
