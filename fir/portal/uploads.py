"""A form with one file, read as it streams in: nothing of the file is held whole or put in a file.

Django reads a form whole before a view sees it, and spools a large file to the disk. Here the texts
that stand before the file are read first, so that the form can be checked; then the file's bytes
come piece by piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse, QueryDict
from django.middleware.csrf import CsrfViewMiddleware
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest

PIECE = 1 << 16
MOST_PARTS = 10
LONGEST_TEXT = 1000  # a token or a Party's name in addresses, with room to spare

NOT_A_FORM = "This was not sent by the form. Choose the file on this page and send it from here."
DAMAGED = "The form did not come in whole. Send it again; if it happens again, use the API."
NONE_CHOSEN = "No file was chosen. Choose the file that holds the inventory."
EMPTY = "The file is empty. Choose the file that holds the inventory."
SEVERAL = "Several files were sent. Put the inventory into one file and send that."


class UploadFault(ValueError):
    """The form could not be taken as it came; the text tells its sender what to do."""


class BodyCutOff(ConnectionError):
    """The sender went away before the whole form was in."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A form as far as its file: the texts before it, and the file's name ('' for no file)."""

    fields: QueryDict
    filename: str
    pieces: Iterator[bytes]

    def file(self) -> Iterator[bytes]:
        """The file's bytes as they arrive; once.

        Raises UploadFault when there is no file or it is empty. While the bytes are read, it raises
        UploadFault for a form that is damaged or holds several files, and BodyCutOff.
        """
        if not self.filename:
            raise UploadFault(NONE_CHOSEN)
        first = next(self.pieces, b"")
        if not first:
            raise UploadFault(EMPTY)
        return chain([first], self.pieces)


def read_upload(request: HttpRequest) -> Upload:
    """Read a form as far as its file. Raises UploadFault for what is no such form, BodyCutOff."""
    events = _events(_parser_of(request), _body(request))
    fields = QueryDict(mutable=True)
    file = _read_fields(events, fields)
    return Upload(fields, file.filename if file else "", _file(events))


def refusal_of_forgery(request: HttpRequest) -> HttpResponse | None:
    """Django's own answer to a form that another site may have sent; None for one of ours.

    `request.POST` must hold the form's texts by now.
    """
    return cast("HttpResponse | None", _FORGERY.process_view(request, _checked, (), {}))


def _checked(_request: HttpRequest) -> HttpResponse:
    """Stands for a view that is not exempt from the check."""
    return HttpResponse()


_FORGERY = CsrfViewMiddleware(_checked)


def _parser_of(request: HttpRequest) -> Any:
    kind, options = parse_options_header(request.META.get("CONTENT_TYPE", ""))
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


def _body(request: HttpRequest) -> Iterator[bytes]:
    """The body piece by piece, as it arrives."""
    environ, read = request.META, 0
    source: Any = request
    expected = int(environ.get("CONTENT_LENGTH") or 0)
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        source, expected = environ["wsgi.input"], 0  # a chunked body says by itself where it ends
    try:
        while piece := source.read(PIECE):
            read += len(piece)
            yield piece
    except OSError as error:
        raise BodyCutOff(f"The connection broke after {read} bytes.") from error
    if read < expected:
        raise BodyCutOff(f"{read} of {expected} bytes arrived.")


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
