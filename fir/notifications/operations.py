"""Raising notices and queueing invitations from the ledger, and sending their deliveries."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from time import monotonic
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from fir.eligibility.queries import assessed_parties, suppliers_of_model, suppliers_with
from fir.ledger.operations import read_ledger
from fir.ledger.queries import payload_of
from fir.notifications.channels import send_email
from fir.notifications.models import (
    ABOUT_SUBMISSIONS,
    DUE,
    GIVEN_UP,
    SENT,
    Delivery,
    Notice,
    Subscription,
)
from fir.notifications.of_certificates import tell_of_certificates
from fir.notifications.of_contacts import tell_of_contact
from fir.notifications.of_entries import tell_of_entry, tell_of_import
from fir.notifications.of_records import RECORD_KINDS, tell_of_record
from fir.notifications.of_standing import STANDING_KINDS, tell_of_standing
from fir.notifications.of_submissions import tell_of_submissions
from fir.notifications.queries import due_deliveries
from fir.notifications.raising import raise_notices
from fir.notifications.wording import INVITATION_TITLE, contact_line, invitation_text, release_text
from fir.parties.queries import find_invitation, invitations_to_send, suppliers
from fir.records.list_queries import CERTIFICATE_KINDS, STATUS_KINDS
from fir.records.queries import repository_entry_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fir.ledger.models import LedgerEvent
    from fir.parties.models import Actor, Party
    from fir.records.models import RepositoryEntry

logger = logging.getLogger(__name__)

READER = "notifications"
KINDS = (
    CERTIFICATE_KINDS
    | STATUS_KINDS
    | RECORD_KINDS
    | STANDING_KINDS
    | ABOUT_SUBMISSIONS
    | {"ELIGIBILITY_ASSESSED", "PERSON_INVITED", "CPL_IMPORTED", "CONTACT_UNCONFIRMED"}
)
# Waits between tries: a mailbox that is down for a day still gets its notices.
WAITS = (2, 5, 15, 60, 240, 720, 1440)

# A sweep claims nothing after this long, so that every claim outlasts its sending.
SWEEP_SECONDS = 45
# The mail server was there, and would not take this one.
MAILBOX_TROUBLE = (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused)


class MailboxRefused(ValueError):
    """The address is not one that notices can be sent to."""


class NothingToSend(Exception):
    """What was to be sent has lost its sense meanwhile."""


@transaction.atomic
def subscribe(*, party: Party, email: str, by: Actor, at: datetime) -> Subscription:
    """Send the Party's notices to this mailbox from now on.

    Raises MailboxRefused.
    """
    try:
        validate_email(email)
    except ValidationError as fault:
        raise MailboxRefused(f"{email!r} is not an email address.") from fault
    subscription, _ = Subscription.objects.get_or_create(
        party=party, email=email, defaults={"made_at": at, "made_by": by.actor_id}
    )
    return subscription


def read_news(*, at: datetime) -> int:
    """Raise notices and queue invitations for whatever the ledger says since last time; the number
    of events read."""
    return read_ledger(reader=READER, kinds=KINDS, handle=partial(_tell, at=at), at=at)


def _tell(events: Sequence[LedgerEvent], *, at: datetime) -> None:
    published = [event for event in events if event.kind == "ELIGIBILITY_ASSESSED"]
    if published:
        _tell_of_releases(published, at=at)
    for event in events:
        if event.kind in STATUS_KINDS:
            tell_of_entry(event, at=at)
        elif event.kind == "CPL_IMPORTED":
            tell_of_import(event, at=at)
        elif event.kind == "CONTACT_UNCONFIRMED":
            tell_of_contact(event, at=at)
        elif event.kind in RECORD_KINDS:
            tell_of_record(event, at=at)
        elif event.kind in STANDING_KINDS:
            tell_of_standing(event, at=at)
    tell_of_submissions([one for one in events if one.kind in ABOUT_SUBMISSIONS], at=at)
    tell_of_certificates([one for one in events if one.kind in CERTIFICATE_KINDS], at=at)
    _queue_invitations([event for event in events if event.kind == "PERSON_INVITED"], at=at)


def _queue_invitations(events: Sequence[LedgerEvent], *, at: datetime) -> None:
    """An email for each invitation that is still open; read again, the same one."""
    ids = [str(payload_of(event)["invitation"]) for event in events]
    Delivery.objects.bulk_create(
        [
            Delivery(invitation=invitation, address=invitation.email, next_try_at=at)
            for invitation in invitations_to_send(ids, at=at)
        ],
        ignore_conflicts=True,
    )


def _tell_of_releases(events: Sequence[LedgerEvent], *, at: datetime) -> None:
    assessed = assessed_parties()
    for event in events:
        entry = repository_entry_of(event.subject_id)
        found, holders = suppliers_with(event.subject_id), suppliers_of_model(entry)
        # A Supplier whose estate is known hears of its own models; one without an estate of all.
        # A holder without counts: a later release of the model was assessed before this was read.
        recipients = [
            supplier
            for supplier in suppliers(admitted_by=event.at)
            if supplier.pk in holders or supplier.pk not in assessed
        ]
        notices = _of_release(event, entry, recipients, found, holders, at=at)
        raise_notices(notices, happened_at=event.at, at=at)


def _of_release(
    event: LedgerEvent,
    entry: RepositoryEntry,
    recipients: Sequence[Party],
    found: Mapping[int, Mapping[str, int]],
    holders: Collection[int],
    *,
    at: datetime,
) -> list[Notice]:
    contact = contact_line(entry)
    seq = int(str(payload_of(event)["published_seq"]))
    return [
        Notice(
            party=party,
            seq=seq,
            kind="FIRMWARE_PUBLISHED",
            subject_id=entry.cpl_entry_id,
            title=f"Firmware {entry.firmware_version} published for {entry.device_type} "
            f"{entry.device_model}",
            text=release_text(
                entry,
                party,
                found.get(party.pk, {}),
                contact,
                is_holder=party.pk in holders,
            ),
            counts=dict(found.get(party.pk, {})),
            raised_at=at,
        )
        for party in recipients
    ]


def sweep_deliveries(*, at: datetime) -> int:
    """Try every delivery that is due; how many were tried.

    A mail server that cannot be talked to ends the sweep, so that it holds nothing else up: what
    is left stays due.
    """
    tried, begun = 0, monotonic()
    while monotonic() - begun < SWEEP_SECONDS and (delivery := _claim_next(at=at)):
        tried += 1
        try:
            _send(delivery, at=at)
        except NothingToSend as error:
            _record(delivery, state=GIVEN_UP, last_error=str(error))
        except MAILBOX_TROUBLE as error:
            _record_failure(delivery, error)
        except Exception as error:
            logger.exception("Delivery %s could not be sent.", delivery.pk)
            _record_failure(delivery, error)
            break
        else:
            _record(delivery, state=SENT, last_error="")
    return tried


@transaction.atomic
def _claim_next(*, at: datetime) -> Delivery | None:
    """The next due delivery, counted as tried and put off before it is sent: no transaction stays
    open meanwhile, and a worker that dies in the middle leaves it to be tried again."""
    delivery = due_deliveries(at=at).first()
    if delivery is None:
        return None
    wait = WAITS[min(delivery.tries, len(WAITS) - 1)]
    delivery.tries += 1
    delivery.tried_at, delivery.next_try_at = at, at + timedelta(minutes=wait)
    delivery.save(update_fields=["tries", "tried_at", "next_try_at"])
    return delivery


def _send(delivery: Delivery, *, at: datetime) -> None:
    notice, invitation = delivery.notice, delivery.invitation
    if invitation is not None:
        # Looked up anew: it may have ended since the delivery was claimed.
        invitation = find_invitation(invitation.party, invitation.pk, at=at)
        if invitation is None:
            raise NothingToSend("The invitation is no longer open.")
        send_email(
            address=delivery.address,
            title=INVITATION_TITLE,
            text=invitation_text(invitation),
            message_id=f"<invitation-{invitation.pk}@fir.invalid>",
        )
    elif notice is not None:
        send_email(
            address=delivery.address,
            title=notice.title,
            text=notice.text,
            message_id=f"<notice-{notice.pk}-{delivery.pk}@fir.invalid>",
        )


def _record_failure(delivery: Delivery, error: Exception) -> None:
    given_up = delivery.tries > len(WAITS)
    text = f"{type(error).__name__}: {error}"[:500]
    _record(delivery, state=GIVEN_UP if given_up else DUE, last_error=text)


def _record(delivery: Delivery, **outcome: str) -> None:
    """What came of this try, unless a later try has begun or an earlier one ended it."""
    tried = Delivery.objects.filter(pk=delivery.pk, tries=delivery.tries, state=DUE)
    tried.update(**outcome)
