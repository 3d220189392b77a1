"""Lists of a Supplier's Devices, handed out: as ids, in batches, and as bodies of DUIS requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes

from cpl.identifiers import IdentifierFault
from fir.api.door import LARGEST_SEQ
from fir.api.problems import InputRefused
from fir.api.views.eligibility import FILTERS, FindingsDoor
from fir.eligibility.archives import batches, requests
from fir.eligibility.asking import NotATarget
from fir.eligibility.lists import (
    FORMS,
    NotOnTheList,
    go_on,
    left_after,
    list_asked,
    opened,
    written_list,
)
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request

    from fir.eligibility.lists import DeviceList
    from fir.estates.devices import Place

ZIP = "application/zip"
GOING_ON = {
    "after": (OpenApiTypes.STR, "The last Device ID that the asker has; the rest comes."),
    "load": (OpenApiTypes.INT, "Go on in this load alone, which `FIR-Load-Id` named."),
}


class _Lists(FindingsDoor):
    """What every list has in common: one load, which its headers name."""

    def found(self, finding_id: UUID | None) -> DeviceList:
        """The list that is asked for. Every list begins here, with the Supplier whose Devices its
        asker may see; anybody else's finding does not exist. Raises Http404, InputRefused."""
        wanted = self.narrowed()
        try:
            found = list_asked(self.scope(), finding=finding_id, **wanted, at=timezone.now())
        except NotATarget as fault:
            raise InputRefused([Fault(fault.field, fault.code, str(fault))]) from fault
        if finding_id and not found.groups:
            raise Http404
        return found


def streamed(pieces: Iterator[bytes], found: DeviceList, kind: str) -> StreamingHttpResponse:
    """An answer that is sent while it is read. Raises LoadGone for a load that is gone already."""
    headers = {
        "FIR-Load-Id": str(found.load_id or ""),
        "FIR-Seq": str(found.standing.seq),
        "FIR-Complete": str(found.standing.complete).lower(),
    }
    return StreamingHttpResponse(opened(pieces), content_type=kind, headers=headers)


class Devices(_Lists):
    """`GET /eligibility/devices?target=&device_type=&outcome=`: the ids of all Devices that fit."""

    answers = {"GET": (200, OpenApiTypes.STR)}
    forms_of_answer = {"GET": tuple(FORMS)}
    parameters: ClassVar[tuple[str, ...]] = (*FILTERS, "after", "load", "party")
    own_words = GOING_ON

    def get(self, request: Request, finding_id: UUID | None = None) -> StreamingHttpResponse:
        """Device IDs, a line each (CSV), or an object each (NDJSON). `Content-Length` tells how
        long the whole is: an answer that ends earlier broke off, and is continued by `after` and
        `load`. 409 when the load is gone."""
        found, form = self.found(finding_id), FORMS[self.wanted_form()]
        place = self.place(found)
        pieces = written_list(found, form, after=place)
        answer = streamed(pieces, found, form.media_type)
        answer.headers["Content-Length"] = str(form.size(left_after(found, place)))
        answer.headers["FIR-Devices"] = str(found.devices)
        return answer

    def place(self, found: DeviceList) -> Place:
        """Where to begin. Raises InputRefused for what is no place on this list, LoadGone."""
        after = self.text("after")
        load = self.number("load", usual=0, least=1, most=LARGEST_SEQ) or None
        try:
            return go_on(found, after=after, load=load)
        except IdentifierFault as fault:
            raise InputRefused([Fault("after", fault.code, str(fault))]) from fault
        except NotOnTheList as error:
            raise InputRefused([Fault("after", "NOT_ON_THE_LIST", str(error))]) from error


class FindingDevices(Devices):
    """`GET /eligibility/{finding_id}/devices`: the ids of one finding's Devices. A finding for
    another target than its model's latest release is found where `target` names that."""

    parameters = ("target", "after", "load", "party")


class _Archive(_Lists):
    answers = {"GET": ((200, ZIP), OpenApiTypes.BINARY)}
    parameters: ClassVar[tuple[str, ...]] = (*FILTERS, "party")
    name: ClassVar[str]

    def archive(self, found: DeviceList, at: datetime) -> Iterator[bytes]:
        """The archive, piece by piece."""
        raise NotImplementedError

    def answer(self, finding_id: UUID | None) -> StreamingHttpResponse:
        """The archive, sent while it grows."""
        found = self.found(finding_id)
        answer = streamed(self.archive(found, timezone.now()), found, ZIP)
        answer.headers["Content-Disposition"] = f'attachment; filename="{self.name}.zip"'
        return answer


class Batches(_Archive):
    """`GET /eligibility/batches?target=&device_type=&outcome=`: the ids in batches, as a ZIP."""

    name = "batches"

    def archive(self, found: DeviceList, at: datetime) -> Iterator[bytes]:
        """CSV files."""
        return batches(found, at=at)

    def get(self, request: Request, finding_id: UUID | None = None) -> StreamingHttpResponse:
        """CSV files of as many Devices as one request takes, and `manifest.json`."""
        return self.answer(finding_id)


class FindingBatches(Batches):
    """`GET /eligibility/{finding_id}/batches`: the ids of one finding's Devices in batches."""

    parameters = ("target", "party")


class Requests(_Archive):
    """`GET /eligibility/requests?target=&device_type=&outcome=`: bodies of DUIS requests."""

    name = "requests"

    def archive(self, found: DeviceList, at: datetime) -> Iterator[bytes]:
        """Request bodies."""
        return requests(found, at=at)

    def get(self, request: Request, finding_id: UUID | None = None) -> StreamingHttpResponse:
        """For what is eligible, the next step as 11.1 and 11.3, or 11.4, without image, RequestID
        and signature, and `manifest.json`. FIR sends nothing."""
        return self.answer(finding_id)


class FindingRequests(Requests):
    """`GET /eligibility/{finding_id}/requests`: the bodies for one finding's Devices."""

    parameters = ("target", "party")
