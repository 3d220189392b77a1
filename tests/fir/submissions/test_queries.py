"""Who sees which submission."""

from __future__ import annotations

import pytest

from fir.submissions.operations import return_submission
from fir.submissions.queries import find_submission, submissions_for
from tests import make

pytestmark = pytest.mark.django_db


def test_a_submission_is_seen_by_who_brought_it_who_holds_its_identifier_and_who_decides() -> None:
    dcc = make.party("dcc", "DCC", manufacturer_identifiers=[make.MAKER])
    holder, other = make.maker(), make.maker("other-meters", "F1A2")
    administrator, supplier = make.administrator(), make.party()

    submission = make.submitted(make.actor(dcc))

    for party in (dcc, holder, administrator):
        assert find_submission(party, submission.pk) == submission
        assert list(submissions_for(party)) == [submission]
    for party in (other, supplier):
        assert find_submission(party, submission.pk) is None
        assert not submissions_for(party)


def test_the_queue_is_what_stands_in_a_state() -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    waiting, returned = make.submitted(maker, 8), make.submitted(maker, 9)
    return_submission(submission_id=returned.pk, reason="No.", by=administrator, at=make.AT)

    queue = submissions_for(administrator.party, state="SUBMITTED")

    assert list(queue) == [waiting]
