"""What a Party was told, and where the emails went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from fir.eligibility.rules import Outcome
from fir.notifications.models import ABOUT_A_RECORD, ABOUT_SUBMISSIONS
from fir.notifications.queries import deliveries_of, find_notice, newest_notice, notices_of
from fir.parties.permissions import Permission
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.portal.watching import nothing_newer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

READS = {"GET": (Permission.VIEW_NOTICES,)}
READS_SUBMISSIONS = (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)


class Notices(Page):
    """The Party's notices, newest first."""

    requires = READS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of notices, each with its counts in short."""
        answer = nothing_newer(request, lambda: newest_notice(self.party))
        if answer is not None:
            return answer
        found = listing(notices_of(self.party).order_by("-id"), request.GET)
        rows = [(notice, _in_order(notice.counts)) for notice in found.page]
        return self.show(
            "notices/notices.html",
            status=found.status,
            listing=found,
            rows=rows,
            newest=rows[0][0].pk if rows else 0,
        )


class OneNotice(Page):
    """One notice: what it said, its counts, and the emails it was sent as."""

    requires = READS

    def get(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        """The notice."""
        notice = find_notice(self.party, notice_id)
        if notice is None:
            raise Http404
        counts = _in_order(notice.counts)
        return self.show(
            "notices/notice.html",
            notice=notice,
            counts=counts,
            devices=sum(counts.values()),
            deliveries=deliveries_of(notice),
            is_of_record=notice.kind in ABOUT_A_RECORD,
            is_of_submissions=notice.kind in ABOUT_SUBMISSIONS,
            reads_records=self.actor.may(Permission.VIEW_RECORDS),
            reads_submissions=any(map(self.actor.may, READS_SUBMISSIONS)),
        )


def _in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """A notice's counts in the order in which outcomes are told everywhere."""
    return {outcome.value: counts[outcome] for outcome in Outcome if outcome in counts}
