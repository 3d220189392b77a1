"""The feed: everything that happened, in order."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from fir.api.answers import reader_fault_answer
from fir.api.door import LARGEST_SEQ, PAGING, Door
from fir.api.shapes import feed as shapes
from fir.ledger.checkpoints import signer
from fir.ledger.queries import feed_page, last_seq, newest_checkpoint, reader_faults
from fir.parties.permissions import Permission

if TYPE_CHECKING:
    from rest_framework.request import Request

MOST_EVENTS = 1000


class NotSignedYet(APIException):
    """There is no checkpoint: FIR runs for the first time, or its workers do not run."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE


class Feed(Door):
    """`GET /feed?after=<seq>&limit=<n>`: the events after a seq; go on at `next_after`."""

    answers = {"GET": (200, shapes.FeedPage)}
    requires = {"GET": (Permission.READ_FEED,)}
    parameters = ("after", "limit")

    def get(self, request: Request) -> Response | HttpResponse:
        """Events in seq order. One that is not for this Party is its seq and leaf hash alone."""
        after = self.number("after", usual=0, least=0, most=LARGEST_SEQ)
        limit = self.number("limit", usual=100, least=1, most=MOST_EVENTS)
        head = last_seq()

        def page() -> str:
            found = feed_page(after=after, limit=limit, head=head, tags=self.actor.party.tags)
            return f'{{"events":{found.events},"next_after":{found.next_after},"head":{head}}}'

        return self.unless_unchanged(head, page)


class CheckpointDoor(Door):
    """`GET /checkpoint`: the newest signed checkpoint, a C2SP signed note as text."""

    answers = {"GET": ((200, "text/plain"), OpenApiTypes.STR)}
    is_public = True

    def get(self, request: Request) -> HttpResponse:
        """The note. Right after the start there is none yet: a worker signs within the minute."""
        checkpoint = newest_checkpoint()
        if checkpoint is None:
            raise NotSignedYet("The ledger was not signed yet. Ask again in a minute.")
        headers = {"Cache-Control": "public, max-age=10"}
        kind = "text/plain; charset=utf-8"
        return HttpResponse(checkpoint.note, content_type=kind, headers=headers)


class Keys(Door):
    """`GET /keys`: the public keys by which checkpoints are verified."""

    answers = {"GET": (200, shapes.Keys)}
    is_public = True

    def get(self, request: Request) -> Response:
        """Each key as one line: name, key id and key, in the form of C2SP signed notes."""
        return Response({"origin": settings.LEDGER_ORIGIN, "keys": [signer().verifier]})


class ReaderFaults(Door):
    """`GET /reader-faults`: events that one of FIR's own readers gave up on."""

    answers = {"GET": (200, shapes.ReaderFaultPage)}
    requires = {"GET": (Permission.REVIEW_SUBMISSIONS,)}
    parameters = PAGING

    def get(self, request: Request) -> Response:
        """The faults, newest first; while there are any, findings are not complete."""
        return Response(
            self.page(reader_faults(), lambda rows: list(map(reader_fault_answer, rows)), "-id")
        )
