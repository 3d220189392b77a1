"""Checking Devices that are described in the body, without keeping anything of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from fir.api.bodies import object_in
from fir.api.check_answers import check_answer
from fir.api.door import Door
from fir.api.shapes import eligibility as shapes
from fir.eligibility.checking import (
    CheckRefused,
    check_devices,
    limited,
    place_for_check,
    read_file,
    report,
)
from fir.estates.bodies import Body
from fir.estates.described import read_objects
from fir.parties.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.request import Request

    from fir.estates.rules import RawDevice

PIECE = 1 << 16
BODY_SECONDS = 120.0
JSON, CSV = "application/json", "text/csv"


class EligibilityCheck(Door):
    """`POST /eligibility/check`: what holds for the devices in the body. Nothing is kept."""

    requires = {"POST": (Permission.VIEW_RECORDS,)}
    takes = {
        "POST": {
            JSON: shapes.DevicesToCheck,
            CSV: OpenApiTypes.STR,
            "application/xml": OpenApiTypes.STR,
        }
    }
    answers = {"POST": (200, shapes.Check)}
    forms_of_answer = {"POST": (JSON, CSV)}
    reads_as_it_streams = True

    def post(self, request: Request) -> Response | StreamingHttpResponse:
        """Up to 50,000 devices, as `{"devices": [{"DeviceID": …}]}`, as an inventory's CSV (plain
        or gzip) or as an 8.2 response, each for its model's latest release. `Accept: text/csv` for
        the answers as a sheet. Whoever is no Supplier asks for those who answer for the devices; of
        makers whose records the asker may not read, nothing is said."""
        body = Body(request._request)
        with place_for_check(), body.within(BODY_SECONDS):
            pieces = body.pieces(PIECE)
            rows = _from_json(pieces) if body.kind.partition(";")[0] == JSON else read_file(pieces)
            found = check_devices(rows, party=self.actor.party, at=timezone.now())
        if self.wanted_form() == CSV:
            return StreamingHttpResponse(report(found), content_type=f"{CSV}; charset=utf-8")
        return Response(check_answer(found))


def _from_json(pieces: Iterable[bytes]) -> Iterable[RawDevice]:
    try:
        said = object_in(json.loads(b"".join(limited(pieces))))
    except (ValueError, RecursionError) as error:
        raise ParseError("The body is no JSON text.") from error
    unknown = sorted(set(said) - {"devices"})
    devices: Any = said.get("devices")
    if unknown or not isinstance(devices, list):
        message = "Send an object with one field, `devices`: a list of objects, one a device."
        raise CheckRefused("NOT_A_LIST", message)
    return read_objects(devices)
