"""Lists of a Supplier's Devices: what is in each file, and the files."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.eligibility.archives import (
    batches,
    contents_of_batches,
    contents_of_requests,
    may_activate,
    requests,
)
from fir.eligibility.asking import NotATarget
from fir.eligibility.lists import CSV, NDJSON, list_asked, opened, written_list
from fir.estates.devices import LoadGone
from fir.parties.permissions import Permission
from fir.portal.forms.filters import FindingFilters
from fir.portal.scoped import ScopedPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest

    from fir.eligibility.archives import Contents
    from fir.eligibility.lists import DeviceList

READS = {"GET": (Permission.VIEW_ESTATE,)}
ZIP = "application/zip"


class _List(ScopedPage):
    """A page about the Devices of one `finding`, or of all findings that the filters leave."""

    requires = READS

    def chosen(self) -> tuple[DeviceList | None, dict[str, str]]:
        """The list that is asked for, and by what; no list where something asked for is to be
        mended. Raises Http404 for a finding that the Supplier does not have."""
        filters = FindingFilters(self.request.GET)
        if not filters.is_valid():
            return None, {}
        wanted = filters.narrowed()
        finding = self.request.GET.get("finding", "")
        try:
            found = list_asked(self.scope, finding=_id_of(finding), **wanted, at=timezone.now())
        except NotATarget:
            return None, {}
        if finding and not found.groups:
            raise Http404
        party = self.request.GET.get("party", "")
        asked = {"party": party, "finding": finding, **wanted}
        return found, {name: said for name, said in asked.items() if said}

    def to_mend(self) -> HttpResponse:
        """The findings' own page, which says what is wrong with what was asked for."""
        return redirect(f"{reverse('portal:eligibility')}?{self.request.GET.urlencode()}")


def _id_of(finding: str) -> UUID | None:
    try:
        return UUID(finding) if finding else None
    except ValueError as error:
        raise Http404 from error


class Lists(_List):
    """What each file of some Devices holds, before any of them is fetched."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The files, by what is handled alike."""
        found, asked = self.chosen()
        if found is None:
            return self.to_mend()
        in_batches = contents_of_batches(found)
        in_requests = contents_of_requests(found)
        return self.show(
            "lists/lists.html",
            found=found,
            asked=asked,
            query=urlencode(asked),
            sizes={"csv": CSV.size(found.devices), "ndjson": NDJSON.size(found.devices)},
            batches=in_batches,
            requests=in_requests,
            files={"batches": _files(in_batches), "requests": _files(in_requests)},
            may_activate=may_activate(found),
            most=settings.DEVICES_IN_A_REQUEST,
        )


def _files(contents: Sequence[Contents]) -> int:
    return sum(len(one.files) for one in contents)


class ListFile(_List):
    """One of the files, sent while it is read."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse | StreamingHttpResponse:
        """The file of this name."""
        found, _asked = self.chosen()
        if found is None:
            return self.to_mend()
        media_type, pieces = self._file(name, found)
        try:
            answer = StreamingHttpResponse(opened(pieces), content_type=media_type)
        except LoadGone as gone:
            return self.show("lists/gone.html", status=HTTPStatus.CONFLICT, why=str(gone))
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        if media_type != ZIP:  # known beforehand, so that a browser sees what broke off
            form = CSV if media_type == CSV.media_type else NDJSON
            answer.headers["Content-Length"] = str(form.size(found.devices))
        return answer

    def _file(self, name: str, found: DeviceList) -> tuple[str, Iterator[bytes]]:
        """A file's media type and its pieces. Raises Http404 for one that there is not."""
        now = timezone.now()
        match name:
            case "devices.csv":
                return CSV.media_type, written_list(found, CSV)
            case "devices.ndjson":
                return NDJSON.media_type, written_list(found, NDJSON)
            case "batches.zip":
                return ZIP, batches(found, at=now)
            case "requests.zip":
                return ZIP, requests(found, at=now)
            case _:
                raise Http404
