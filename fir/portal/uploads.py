"""A form with one file, read as it streams in: nothing of it is put in a file.

Django reads a form whole before a view sees it, and spools a large file to the disk. Here the head
of the form, the texts before the file, is read first, so that it can be checked; then the file's
bytes come piece by piece.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.http import HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from fir.estates.bodies import Body, BodyCutOff, BodyFault
from fir.estates.operations import ReceptionUnderWay
from fir.portal.errors import error_page
from fir.portal.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PIECE = 1 << 16
HEAD_PIECE = 1 << 10  # small: the server waits until a piece is full
LONGEST_HEAD = 1 << 15
HEAD_SECONDS = 15.0
MOST_PARTS = 10
LONGEST_TEXT = 1000  # a token or a Party's name in addresses, with room to spare

NOT_A_FORM = "This was not sent by the form. Choose the file on this page and send it from here."
DAMAGED = "The form did not come in whole. Send it again; if that fails too, by another connection."
NONE_CHOSEN = "No file was chosen. Choose the one that holds {what}."
EMPTY = "The file is empty. Choose the one that holds {what}."
SEVERAL = "Several files were sent. Send one, with the whole of what is asked for in it."
OTHERS_FIRST = "Another form with a file is coming in; send yours again in a moment."
FILES_AT_ONCE = 2  # in a web process, of those that take no place of an inventory
NO_PLACE = "Other files are being received; send yours again in a minute."

_ONE_HEAD = BoundedSemaphore(1)
_FILES = BoundedSemaphore(FILES_AT_ONCE)


class UploadFault(BodyFault):
    """The form could not be taken as it came; the text tells its sender what to do."""


REFUSALS: Mapping[type[Exception], HTTPStatus] = {
    UploadFault: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReceptionUnderWay: HTTPStatus.TOO_MANY_REQUESTS,
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A form as far as the first bytes of its file: the texts before it, and its name ('' for no
    file)."""

    fields: QueryDict
    filename: str
    first: bytes
    rest: Iterator[bytes]

    def file(self, what: str) -> Iterator[bytes]:
        """The file's bytes as they arrive; once. `what` names what the file is to hold.

        Raises UploadFault when there is no file or it is empty. While the bytes are read, it raises
        UploadFault for a form that is damaged or holds several files, and BodyCutOff.
        """
        if not self.filename:
            raise UploadFault(NONE_CHOSEN.format(what=what))
        if not self.first:
            raise UploadFault(EMPTY.format(what=what))
        return chain([self.first], self.rest)


def read_upload(body: Body) -> Upload:
    """Read a form as far as the first bytes of its file, which must be in within HEAD_SECONDS.

    Raises ReceptionUnderWay while another form is read as far, UploadFault for what is no such
    form, BodyCutOff.
    """
    parser = _parser_of(body.kind)
    with _one_head_at_a_time(), body.within(HEAD_SECONDS):
        return _read_head(parser, _Pieces(body))


def _one_head_at_a_time() -> AbstractContextManager[None]:
    """A file takes a place. What stands before it takes none, and must not take up every thread of
    the web process either."""
    return _place_of(_ONE_HEAD, OTHERS_FIRST)


def place_for_file() -> AbstractContextManager[None]:
    """One of the places for files that are not inventories, which have places of their own: slow
    senders must not take up every thread of the web process.

    Raises ReceptionUnderWay, on entering, when all are taken; nobody waits for one.
    """
    return _place_of(_FILES, NO_PLACE)


@contextmanager
def _place_of(places: BoundedSemaphore, none_left: str) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise ReceptionUnderWay(none_left)
    try:
        yield
    finally:
        places.release()


def as_far_as(most: int, pieces: Iterable[bytes]) -> bytes:
    """The bytes of a file; of one with more than `most`, only so many as show it."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) > most:
            break
    return bytes(held)


class _Pieces:
    """A form's bytes: in small pieces, and not many of them, until its head is read."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.is_head = True

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.body.read(HEAD_PIECE if self.is_head else PIECE):
            if self.is_head and self.body.received > LONGEST_HEAD:
                raise UploadFault(NOT_A_FORM)
            yield piece


def _read_head(parser: Any, pieces: _Pieces) -> Upload:
    events = _events(parser, pieces)
    fields = QueryDict(mutable=True)
    file = _read_fields(events, fields)
    rest = _file(events)
    first = next(rest, b"")
    pieces.is_head = False
    return Upload(fields, file.filename if file else "", first, rest)


def refusal_of_forgery(request: HttpRequest) -> HttpResponse | None:
    """Django's own answer to a form that another site may have sent; None for one of ours.

    `request.POST` must hold the form's texts by now.
    """
    return cast("HttpResponse | None", _FORGERY.process_view(request, _checked, (), {}))


def _checked(_request: HttpRequest) -> HttpResponse:
    """Stands for a view that is not exempt from the check."""
    return HttpResponse()


_FORGERY = CsrfViewMiddleware(_checked)


def _parser_of(media_type: str) -> Any:
    kind, options = parse_options_header(media_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise UploadFault(NOT_A_FORM)
    try:
        return PushMultipartParser(options["boundary"], max_segment_count=MOST_PARTS)
    except MultipartError as fault:
        raise UploadFault(NOT_A_FORM) from fault


def _events(parser: Any, body: Iterable[bytes]) -> Iterator[Any]:
    """What the parser finds: the head of each part, its bytes, and None at its end."""
    try:
        for piece in body:
            yield from parser.parse(piece)
        parser.close()
    except MultipartError as fault:
        raise UploadFault(DAMAGED) from fault


def _read_fields(events: Iterator[Any], fields: QueryDict) -> Any:
    """Read the texts before the file into `fields`; the file's head, None where no file came."""
    name, text = "", bytearray()
    for event in events:
        if isinstance(event, MultipartSegment):
            if event.filename is not None:
                return event
            name, text = event.name, bytearray()
        elif event is None:
            fields.appendlist(name, text.decode(errors="replace"))
        else:
            text += event
            if len(text) > LONGEST_TEXT:
                raise UploadFault(NOT_A_FORM)
    return None


def _file(events: Iterator[Any]) -> Iterator[bytes]:
    """The file's bytes; after them the form must end, and hold no second file."""
    for event in events:
        if event is None:
            break
        yield event
    for event in events:
        if isinstance(event, MultipartSegment) and event.filename:
            raise UploadFault(SEVERAL)


@method_decorator(csrf_exempt, name="dispatch")
class UploadPage(Page):
    """A page whose form brings a file. The form is checked here, since it is read as it streams in.

    A page of its own says in `take` what becomes of the file, and in `show_refusal` how the form
    looks when one of its `refusals` was raised meanwhile.
    """

    reads_as_it_streams = True
    refusals: ClassVar[Mapping[type[Exception], HTTPStatus]] = {}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Nothing of the form is read yet."""
        super().setup(request, *args, **kwargs)
        self.body = Body(request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and see to it that a browser which is still sending will read the answer."""
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            self.body.drop_rest()

    def post(self, request: HttpRequest, **_named: Any) -> HttpResponseBase:
        """Read the form as far as its file, check it, and let the page take the file."""
        refusals = {**REFUSALS, **self.refusals}
        try:
            return self._receive(request)
        except tuple(refusals) as refusal:
            status = next(refusals[kind] for kind in refusals if isinstance(refusal, kind))
            return self.show_refusal(refusal, status)
        except BodyCutOff:
            return error_page(request, HTTPStatus.BAD_REQUEST)

    def _receive(self, request: HttpRequest) -> HttpResponseBase:
        upload = read_upload(self.body)
        request.POST = cast("Any", upload.fields)
        refusal = refusal_of_forgery(request) or self._refuse_for_another_party(request)
        return refusal or self.take(upload)

    def take(self, upload: Upload) -> HttpResponseBase:
        """What becomes of the file of a form that was checked."""
        raise NotImplementedError

    def show_refusal(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The form, saying why the file could not be taken."""
        raise NotImplementedError
