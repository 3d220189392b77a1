"""The step that raises notices and puts them on their way to the mailboxes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fir.notifications.models import Delivery, Notice, Subscription

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def raise_notices(notices: Sequence[Notice], *, happened_at: datetime, at: datetime) -> None:
    """Raise these notices, each with a delivery to every mailbox of its Party. A step.

    Read again, the same events raise the same notices: those that stand stay as they are. Whoever
    subscribed after `happened_at` is not told, even then.
    """
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    told = {notice.party_id for notice in notices}
    subscribed = Subscription.objects.filter(party__in=told, made_at__lte=happened_at)
    mailboxes: dict[int, list[str]] = defaultdict(list)
    for party_id, email in subscribed.values_list("party_id", "email"):
        mailboxes[party_id].append(email)
    raised = Notice.objects.filter(party__in=mailboxes, seq__in={notice.seq for notice in notices})
    Delivery.objects.bulk_create(
        [
            Delivery(notice=notice, address=email, next_try_at=at)
            for notice in raised.order_by("pk")
            for email in mailboxes[notice.party_id]
        ],
        ignore_conflicts=True,
    )
