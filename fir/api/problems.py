"""Errors as problem documents (RFC 9457): what is wrong, where, and what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from fir.eligibility.checking import CheckRefused, CheckTooLarge
from fir.eligibility.deciding import OnlySuppliersDecide, OwnDecisionRefused
from fir.eligibility.deleting import EstateInUse
from fir.estates.bodies import BodyCutOff
from fir.estates.deleting import NoEstate
from fir.estates.devices import LoadGone
from fir.estates.operations import (
    BaseReplaced,
    EstateRefused,
    LoadNotHeld,
    NewerLoadStands,
    NotASupplier,
    ReceptionUnderWay,
    SameFileAgain,
)
from fir.ledger.queries import NoSuchMoment
from fir.parties.delegating import (
    AlreadyDelegated,
    DelegationOver,
    DelegationRefused,
    OnlySuppliersDelegate,
)
from fir.records.contacts import ContactRefused, NoContact, NotYourCard
from fir.records.list_files import FileInTheMaking
from fir.records.proposals import AlreadyProposed, ReasonRefused
from fir.records.recalling import NotYourRelease, UnknownCause
from fir.records.standing import AlreadyArchived, AlreadyRecalled, NotArchived, NotRecalled
from fir.submissions.operations import (
    AlreadyWaived,
    DraftChanged,
    NoSuchFinding,
    NotYourManufacturer,
    ReasonNeeded,
    RequestNameTaken,
    SameEyes,
    SubmissionAlreadyDecided,
    SubmissionRefused,
    seen,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fir.submissions.claims import Fault

PROBLEM_JSON = "application/problem+json"

# What the operations' own exceptions mean over HTTP.
STATUSES: Mapping[type[Exception], HTTPStatus] = {
    BodyCutOff: HTTPStatus.BAD_REQUEST,
    SubmissionRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReasonNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    RequestNameTaken: HTTPStatus.UNPROCESSABLE_ENTITY,
    SameFileAgain: HTTPStatus.CONFLICT,
    EstateRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    CheckRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    CheckTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ContactRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReasonRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownCause: HTTPStatus.UNPROCESSABLE_ENTITY,
    DelegationRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    OwnDecisionRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoSuchMoment: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoContact: HTTPStatus.NOT_FOUND,
    NoEstate: HTTPStatus.NOT_FOUND,
    NotYourCard: HTTPStatus.FORBIDDEN,
    NotYourManufacturer: HTTPStatus.FORBIDDEN,
    NotYourRelease: HTTPStatus.FORBIDDEN,
    SameEyes: HTTPStatus.FORBIDDEN,
    NotASupplier: HTTPStatus.FORBIDDEN,
    OnlySuppliersDecide: HTTPStatus.FORBIDDEN,
    OnlySuppliersDelegate: HTTPStatus.FORBIDDEN,
    NoSuchFinding: HTTPStatus.NOT_FOUND,
    SubmissionAlreadyDecided: HTTPStatus.CONFLICT,
    AlreadyWaived: HTTPStatus.CONFLICT,
    AlreadyDelegated: HTTPStatus.CONFLICT,
    AlreadyProposed: HTTPStatus.CONFLICT,
    DelegationOver: HTTPStatus.CONFLICT,
    AlreadyRecalled: HTTPStatus.CONFLICT,
    AlreadyArchived: HTTPStatus.CONFLICT,
    NotArchived: HTTPStatus.CONFLICT,
    NotRecalled: HTTPStatus.CONFLICT,
    DraftChanged: HTTPStatus.CONFLICT,
    LoadGone: HTTPStatus.CONFLICT,
    LoadNotHeld: HTTPStatus.CONFLICT,
    NewerLoadStands: HTTPStatus.CONFLICT,
    BaseReplaced: HTTPStatus.CONFLICT,
    EstateInUse: HTTPStatus.CONFLICT,
    ReceptionUnderWay: HTTPStatus.TOO_MANY_REQUESTS,
    FileInTheMaking: HTTPStatus.SERVICE_UNAVAILABLE,
}
# After how many seconds it is worth while to ask again.
RETRY_AFTER: Mapping[HTTPStatus, str] = {
    HTTPStatus.TOO_MANY_REQUESTS: "60",
    HTTPStatus.SERVICE_UNAVAILABLE: "10",
}


class BodyTooLarge(exceptions.APIException):
    """A body that would have to be held whole is larger than FIR holds."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class InputRefused(exceptions.APIException):
    """Input that a door cannot take, with a fault for each thing to mend."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("The request cannot be taken as it is; see the errors.")


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The problem document for an exception; None for one that nobody foresaw (a 500)."""
    status = _status_of(error)
    if status is None:
        return None
    set_rollback()
    headers = {}
    if isinstance(error, exceptions.APIException) and (ask := getattr(error, "auth_header", None)):
        headers["WWW-Authenticate"] = ask
    if status in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[status]
    faults = getattr(error, "faults", ())
    body = problem(status, _detail_of(error), kind=type(error).__name__, faults=faults)
    if isinstance(error, DraftChanged):
        body["version"] = seen(error.draft.said)
    return Response(body, status=status, headers=headers, content_type=PROBLEM_JSON)


def _status_of(error: Exception) -> HTTPStatus | None:
    if isinstance(error, exceptions.APIException):
        return HTTPStatus(error.status_code)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return HTTPStatus.NOT_FOUND
    return STATUSES.get(type(error))


def _detail_of(error: Exception) -> str:
    if isinstance(error, ObjectDoesNotExist | Http404 | exceptions.NotFound):
        return "There is no such thing here, or it is not yours to see."
    if isinstance(error, exceptions.APIException):
        return str(error.detail)
    return str(error)


def problem(
    status: HTTPStatus, detail: str, *, kind: str = "", faults: Sequence[Fault] = ()
) -> dict[str, Any]:
    """A problem document's members; `errors` only where there are faults to mend."""
    body: dict[str, Any] = {
        "type": f"urn:fir:problem:{kind or status.phrase.title().replace(' ', '')}",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
    }
    if faults:
        body["errors"] = [
            {"field": fault.field, "code": fault.code, "message": fault.message} for fault in faults
        ]
    return body


def _plain(status: HTTPStatus, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, detail), status=status, content_type=PROBLEM_JSON)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """The answer for a URL that FIR does not have."""
    return _plain(
        HTTPStatus.NOT_FOUND, f"FIR has no {request.path}; GET /api/v1/ lists what it has."
    )


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """The answer for a request that could not be read."""
    return _plain(HTTPStatus.BAD_REQUEST, "The request could not be read.")


def server_error(request: HttpRequest) -> JsonResponse:
    """The answer for a fault of FIR's own; its particulars are in the log, not in the answer."""
    return _plain(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A fault of FIR's own; nothing was changed by this request. Try again, and tell the "
        "Administrator if it comes back.",
    )
