"""An inventory is sent in from a browser: it streams, and what cannot be taken is said in words."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.errors import InvalidChunkSize
from gunicorn.http.unreader import SocketUnreader

from fir.estates.models import EstateLoad
from fir.estates.operations import EstateRefused, finish_loads
from fir.estates.queries import standing_load_of
from fir.parties.permissions import Permission
from fir.portal import uploads
from fir.portal.views import load_acts
from tests import make
from tests.fir.estates.lines import line
from tests.fir.estates.loads import homes
from tests.fir.estates.test_receptions_at_once import while_receiving
from tests.fir.portal.people import BACKEND, signed_in

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
SEND = "/estate/send"
DATA = make.inventory(*homes(3))
MULTIPART = "multipart/form-data; boundary=XX"
HEAD = b'--XX\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
FILE = HEAD % (b"inventory", b'; filename="a.csv"')
NONE_CHOSEN = "No file was chosen. Choose the one that holds the inventory."


@pytest.fixture
def supplier() -> Party:
    return make.party("big-light")


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


class Stream(io.BytesIO):
    """A body that arrives as it is read, and remembers how much of it was asked for."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__(b"".join(pieces))
        self.asked: list[int] = []

    def read(self, size: int | None = -1) -> bytes:
        """What has arrived."""
        self.asked.append(size or 0)
        return super().read(size)

    def send(self, browser: Client, length: int | None = None) -> Any:
        """Send it as a form of the length that it says it has."""
        said = len(self.getvalue()) if length is None else length
        environ: Any = {"wsgi.input": self, "CONTENT_LENGTH": str(said)}
        return browser.post(SEND, b"-", content_type=MULTIPART, **environ)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def send(browser: Client, content: bytes = DATA, name: str = "inventory.csv", **more: str) -> Any:
    return browser.post(SEND, {**more, "inventory": SimpleUploadedFile(name, content)})


def refused(answer: Any, sentence: str) -> None:
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'name="inventory"' in text(answer)


# What is taken in


def test_the_page_explains_what_an_inventory_holds(browser: Client) -> None:
    page = text(browser.get(SEND))

    for heading in (*make.CSV_HEADINGS.split(","), "ResponsibleRole", "8.2", "UPRNs"):
        assert heading in page
    assert page.index('name="acting_for"') < page.index('type="file"')
    assert page.index('name="csrfmiddlewaretoken"', page.index("<main")) < page.index('type="file"')


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_an_inventory_is_taken_in_and_its_load_follows(
    supplier: Party, browser: Client, pack: Any
) -> None:
    sent = send(browser, pack(DATA), acting_for=supplier.slug)

    load = EstateLoad.objects.get()
    assert sent["Location"] == f"/estate/loads/{load.pk}"
    assert (load.state, load.rows_read, load.party) == ("QUEUED", 3, supplier)
    assert "The inventory is in" in text(browser.get(sent["Location"]))
    finish_loads(at=make.AT)
    assert standing_load_of(supplier) == load


def test_the_file_is_read_as_it_streams_in(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = b"".join(make.inventory(*homes(9)) for _ in range(400))
    stream = Stream(FILE, rows, b"\r\n--XX--\r\n")
    seen: list[tuple[bytes, int]] = []

    def take_two_pieces(*, pieces: Iterator[bytes], **_rest: Any) -> EstateLoad:
        seen.extend((next(pieces), sum(stream.asked)) for _ in range(2))
        raise EstateRefused("Two pieces are enough.")

    monkeypatch.setattr(load_acts, "receive_load", take_two_pieces)
    refused(stream.send(browser), "Two pieces are enough.")

    (first, asked_first), (second, asked_then) = seen
    assert rows.startswith(first + second)
    assert asked_first == uploads.HEAD_PIECE
    assert asked_then == uploads.HEAD_PIECE + uploads.PIECE < len(rows) / 3


def test_a_form_in_many_pieces_is_read_as_one(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "HEAD_PIECE", 7)
    monkeypatch.setattr(uploads, "PIECE", 7)

    assert send(browser, acting_for="big-light").status_code == 302
    assert EstateLoad.objects.get().rows_read == 3


def test_a_chunked_body_is_taken_in(browser: Client) -> None:
    stream = Stream(FILE, DATA, b"\r\n--XX--\r\n")
    environ: Any = {"wsgi.input": stream, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}

    answer = browser.post(SEND, b"-", content_type=MULTIPART, **environ)

    assert answer.status_code == 302
    assert EstateLoad.objects.get().rows_read == 3


# Who may send


def test_a_strangers_file_is_refused_before_it_is_read(client: Client) -> None:
    stream = Stream(FILE, DATA, b"\r\n--XX--\r\n")

    answer = stream.send(client)

    assert answer["Location"] == "/account/sign-in?next=%2Festate%2Fsend"
    assert stream.asked == []


def test_whoever_may_only_look_is_refused_before_the_file_is_read(supplier: Party) -> None:
    stream = Stream(FILE, DATA, b"\r\n--XX--\r\n")

    answer = stream.send(signed_in(supplier, [Permission.VIEW_ESTATE]))

    assert answer.status_code == 403
    assert stream.asked == []


@pytest.mark.parametrize("token", ["", "wrong", "right", "right, but late"])
def test_only_our_own_form_is_taken(supplier: Party, token: str) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(make.person(supplier), backend=BACKEND)
    right = text(browser.get(SEND)).partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
    field = HEAD % (b"csrfmiddlewaretoken", b"")
    said = field + (right if token.startswith("right") else token).encode() + b"\r\n"
    file = FILE + DATA + b"\r\n"
    body = (file + said if token == "right, but late" else said + file) + b"--XX--\r\n"

    answer = browser.post(SEND, body, content_type=MULTIPART)

    assert answer.status_code == (302 if token == "right" else 403)
    assert EstateLoad.objects.exists() == (token == "right")
    assert ("This form is too old" in text(answer)) == (token != "right")


def test_a_form_that_was_made_for_another_party_changes_nothing(browser: Client) -> None:
    answer = send(browser, acting_for="other")

    assert answer.status_code == 409
    assert "You act for another Party now" in text(answer)
    assert not EstateLoad.objects.exists()


def test_a_supplier_in_no_role_is_told_so() -> None:
    browser = signed_in(make.party("no-role", user_roles=[]))

    answer = send(browser)

    assert answer.status_code == 403
    assert "No Role is no Supplier in the role IS or GS" in text(answer)


# What cannot be taken


def xlsx() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "This is a PDF file. Send the CSV itself"),
        (xlsx(), "This is a workbook (XLSX)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Save the file as CSV UTF-8."),
        (b"a,b,c\n1,2,3\n", "Headings missing: DeviceID"),
        (DATA[:-20], "The file is cut off in this row"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(
    browser: Client, content: bytes, sentence: str
) -> None:
    refused(send(browser, content), sentence)

    assert EstateLoad.objects.get().state == "REFUSED"


def form(*parts: bytes) -> bytes:
    return b"".join(part + b"\r\n" for part in parts) + b"--XX--\r\n"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (form(HEAD % (b"inventory", b'; filename=""')), NONE_CHOSEN),
        (form(HEAD % (b"acting_for", b"") + b"big-light"), NONE_CHOSEN),
        (form(FILE), "The file is empty. Choose the one that holds the inventory."),
        (form(HEAD % (b"acting_for", b"") + b"a" * 1001, FILE + DATA), uploads.NOT_A_FORM),
        (form(*[HEAD % (b"a", b"")] * 11), uploads.DAMAGED),
        (b"", uploads.DAMAGED),
        (b"DeviceID,DeviceType", uploads.DAMAGED),
        (b"-" * 40_000 + b"\r\n" + form(FILE + DATA), uploads.NOT_A_FORM),
    ],
    ids=["none", "no part", "empty", "long text", "many texts", "nothing", "no form", "preamble"],
)
def test_a_form_without_a_file_is_refused_in_words(
    browser: Client, body: bytes, sentence: str
) -> None:
    refused(Stream(body).send(browser), sentence)

    assert not EstateLoad.objects.exists()


@pytest.mark.parametrize(
    "kind", ["text/csv", "application/x-www-form-urlencoded", "multipart/form-data", "a/b; x=y", ""]
)
def test_a_body_that_is_no_such_form_is_refused_in_words(browser: Client, kind: str) -> None:
    refused(browser.post(SEND, DATA, content_type=kind), uploads.NOT_A_FORM)

    assert not EstateLoad.objects.exists()


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (b"\r\n" + FILE + DATA + b"\r\n--XX--\r\n", uploads.SEVERAL),
        (b"", uploads.DAMAGED),
        (b"\r\n--XXX", uploads.DAMAGED),
    ],
    ids=["two files", "no end", "another boundary"],
)
def test_a_form_that_ends_wrongly_is_refused_and_its_load_says_interrupted(
    supplier: Party, browser: Client, end: bytes, sentence: str
) -> None:
    refused(Stream(FILE, DATA, end).send(browser), sentence)

    load = EstateLoad.objects.get()
    assert (load.state, load.refusal) == ("INTERRUPTED", sentence)
    assert standing_load_of(supplier) is None


def test_a_second_field_without_a_file_is_no_second_file(browser: Client) -> None:
    second = HEAD % (b"another", b'; filename=""')

    answer = browser.post(SEND, form(FILE + DATA, second), content_type=MULTIPART)

    assert answer.status_code == 302


@pytest.mark.parametrize("arrives", [DATA, DATA + b"\r\n--XX--\r\n"])
def test_a_sender_who_goes_away_leaves_an_interrupted_load(browser: Client, arrives: bytes) -> None:
    answer = Stream(FILE, arrives).send(browser, length=10_000)

    assert answer.status_code == 400
    assert EstateLoad.objects.get().state == "INTERRUPTED"


def test_a_connection_that_breaks_leaves_an_interrupted_load(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Stream):
        def read(self, size: int | None = -1) -> bytes:
            if self.asked:
                raise ConnectionResetError
            return super().read(size)

    monkeypatch.setattr(uploads, "HEAD_PIECE", 200)

    answer = Broken(FILE, DATA, b"\r\n--XX--\r\n").send(browser)

    assert answer.status_code == 400
    assert EstateLoad.objects.get().state == "INTERRUPTED"


def test_a_body_that_the_server_cannot_read_is_answered_in_words(browser: Client) -> None:
    class Miscounted(Stream):
        def read(self, size: int | None = -1) -> bytes:
            raise InvalidChunkSize(b"zz")

    answer = Miscounted(FILE).send(browser)

    assert answer.status_code == 400
    assert "The request could not be read" in text(answer)


# Senders that take their time

PATIENCE = 5.0  # seconds


@pytest.fixture
def large() -> Iterator[tuple[socket.socket, dict[str, Any]]]:
    """The sender's end of a connection, and what the server says of a large form that it brings."""
    with ExitStack() as held:
        sender, server = map(held.enter_context, line())
        server.settimeout(PATIENCE)
        reader = LengthReader(SocketUnreader(server), 5_000_000)
        environ = {
            "wsgi.input": Body(reader),
            "gunicorn.socket": server,
            "CONTENT_LENGTH": "5000000",
        }
        yield sender, environ


@pytest.mark.parametrize("arrives", [b"--XX\r\n", FILE], ids=["no head", "a head and no more"])
def test_whoever_does_not_come_to_the_file_is_not_waited_for(
    browser: Client,
    large: tuple[socket.socket, dict[str, Any]],
    arrives: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "HEAD_SECONDS", 0.2)
    sender, environ = large
    sender.sendall(arrives)
    began = time.monotonic()

    answer = browser.post(SEND, b"-", content_type=MULTIPART, **environ)

    assert answer.status_code == 400
    assert time.monotonic() - began < PATIENCE
    assert not EstateLoad.objects.exists()
    assert send(browser).status_code == 302  # the next one's turn


def test_a_second_form_whose_head_is_still_coming_in_is_told_to_come_after(browser: Client) -> None:
    answers = []

    class Slow(Stream):
        def read(self, size: int | None = -1) -> bytes:
            answers.append(send(browser))
            return super().read(size)

    assert Slow(FILE, DATA, b"\r\n--XX--\r\n").send(browser).status_code == 302

    assert answers[0].status_code == 429
    assert uploads.OTHERS_FIRST in text(answers[0])
    assert EstateLoad.objects.count() == len(answers)


def test_a_refused_browser_may_finish_sending_and_then_sees_the_answer(
    client: Client, large: tuple[socket.socket, dict[str, Any]]
) -> None:
    sender, environ = large
    sending = Thread(target=sender.sendall, args=(bytes(5_000_000),))
    sending.start()

    answer = client.post(SEND, b"-", content_type=MULTIPART, **environ)

    sending.join(PATIENCE)
    assert not sending.is_alive()
    assert answer["Location"] == "/account/sign-in?next=%2Festate%2Fsend"


@pytest.mark.django_db(transaction=True)
def test_a_second_inventory_meanwhile_is_told_to_come_after(
    supplier: Party, browser: Client
) -> None:
    load, answer = while_receiving(supplier, lambda: send(browser))

    assert answer.status_code == 429
    assert "Another inventory of yours is being received; send this one after." in text(answer)
    assert load.state == "QUEUED"
