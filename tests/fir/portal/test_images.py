"""A firmware file is held against the list, and nothing of it stays but two digests."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cpl.models import KnownFile
from cpl.ota_image import read_ota_image
from fir.ledger.queries import last_seq
from fir.portal import uploads
from tests import make
from tests.cpl.ota_image.ota_file import TRAILER, File
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from cpl.sheet.row import SheetRow

pytestmark = pytest.mark.django_db
COMPARE, IMPORT = "/compare", "/list/import"
PLAIN = File().written()
SIGNED = File(content=b"firmware" * 40 + TRAILER).written()
AGREES = {
    "manufacturer_identifier": "10E0",
    "firmware_version": "0002012F",
    "device_model": "00010120",
}


@pytest.fixture
def browser() -> Client:
    return signed_in(make.party("big-light"))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def compare(browser: Client, data: bytes, device_type: str = "") -> Any:
    # The Device Type stands before the file in the form, as a browser sends it.
    return browser.post(
        COMPARE, {"device_type": device_type, "image": SimpleUploadedFile("a.ota", data)}
    )


def hash_of(data: bytes, device_type: str = "") -> str:
    found = read_ota_image([data]).image_hash_for(device_type)
    assert found
    return found


def carrying(image_hash: str, number: int = 1, **changes: Any) -> SheetRow:
    return make.row(number, manufacturer_image_hash=image_hash, **AGREES, **changes)


def test_the_page_says_that_no_byte_is_kept(browser: Client) -> None:
    page = text(browser.get(COMPARE))

    assert "No byte of the file is kept; two digests are" in page
    assert page.index('name="device_type"') < page.index('type="file"')


def test_an_entry_with_its_hash_is_found_and_agrees(browser: Client) -> None:
    make.listed(carrying(hash_of(PLAIN)))

    answer = compare(browser, PLAIN)

    assert answer.status_code == 200
    assert 'href="/cpl/CPL-000001"' in text(answer)
    assert "Current</strong>" in text(answer)
    assert "CPL-000001 agrees with the file’s header." in text(answer)
    for fact in ("10E0", "0002012F", "for a meter", "0100", "01FF"):
        assert fact in text(answer)


def test_a_removed_entry_is_found_as_such(browser: Client) -> None:
    make.listed(carrying(hash_of(PLAIN), status="REMOVED", date_removed=make.AT.date()))

    assert "Removed</strong>" in text(compare(browser, PLAIN))


def test_where_header_and_entry_disagree_is_told(browser: Client) -> None:
    row = make.row(1, manufacturer_image_hash=hash_of(PLAIN), device_model="00010201")
    make.listed(row)

    page = text(compare(browser, PLAIN, "GSME"))

    assert "The Device Type that you chose is GSME; the entry says ESME." in page
    assert "Manufacturer Identifier is 10E0; the entry says F1A1." in page
    assert "firmware version is 0002012F; the entry says 00000001." in page
    assert (
        "The header is for hardware 0100 to 01FF; the entry&#x27;s Device Model has 0201." in page
    )


def test_what_is_not_listed_is_told(browser: Client) -> None:
    make.listed(make.row(1))

    assert "Not listed: no entry carries the hash" in text(compare(browser, PLAIN))


def test_the_hash_of_the_whole_file_in_the_list_is_told_as_a_mistake(browser: Client) -> None:
    make.listed(carrying(read_ota_image([PLAIN]).file_hash, 7))

    page = text(compare(browser, PLAIN))

    assert "The list carries the hash of the whole file" in page
    assert 'href="/cpl/CPL-000007"' in page
    assert "Not listed" not in page


def test_two_digests_are_kept_once_and_nothing_is_published(browser: Client) -> None:
    before = last_seq()

    for _ in range(2):
        compare(browser, PLAIN)

    kept = KnownFile.objects.get()
    assert (kept.file_hash, kept.image_hash) == (
        read_ota_image([PLAIN]).file_hash,
        hash_of(PLAIN),
    )
    assert last_seq() == before


def test_of_two_readings_none_is_kept_until_the_device_type_decides(browser: Client) -> None:
    undecided = text(compare(browser, SIGNED))
    unknown = text(compare(browser, SIGNED, "CHF"))
    assert not KnownFile.objects.exists()
    decided = text(compare(browser, SIGNED, "ESME"))

    assert "if a Supplier’s signature ends the file" in undecided
    assert "choose it, and compare the file once more" in undecided
    assert "For this Device Type it is not known" in unknown
    assert "if a Supplier’s signature" not in decided
    assert KnownFile.objects.get().image_hash == hash_of(SIGNED, "ESME")


def test_of_two_readings_the_listed_one_is_kept(browser: Client) -> None:
    make.listed(carrying(hash_of(SIGNED, "PPMID")))

    compare(browser, SIGNED)

    assert KnownFile.objects.get().image_hash == hash_of(SIGNED, "PPMID")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty. Choose the one that holds the OTA Upgrade Image."),
        (PLAIN[:200], "a transfer that did not finish"),
        (PLAIN[:20], "within its header"),
        (b"PK\x03\x04" + PLAIN, "it is a ZIP archive"),
        (File(content=b"a" * 5_000_000).written(), "may have at most 4,194,304 bytes"),
    ],
    ids=["empty", "cut off", "no header", "another kind", "too large"],
)
def test_what_is_no_image_is_refused_in_words(browser: Client, data: bytes, sentence: str) -> None:
    answer = compare(browser, data, "ESME")

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert '<option value="ESME" selected>' in text(answer)
    assert not KnownFile.objects.exists()


def test_a_device_type_that_there_is_not_is_refused(browser: Client) -> None:
    answer = compare(browser, PLAIN, "TOASTER")

    assert answer.status_code == 422
    assert "Choose one of the Device Types." in text(answer)
    assert not KnownFile.objects.exists()


def test_a_form_made_for_another_party_is_not_read(browser: Client) -> None:
    answer = browser.post(
        COMPARE, {"acting_for": "other", "image": SimpleUploadedFile("a.ota", PLAIN)}
    )

    assert answer.status_code == 409
    assert not KnownFile.objects.exists()


FILE = b'--XX\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
END = b"\r\n--XX--\r\n"


class Slow(io.BytesIO):
    """The form with a file, in the middle of whose bytes other things happen."""

    def __init__(self, file: bytes, *meanwhile: Callable[[], Any]) -> None:
        super().__init__(FILE + file)
        self.meanwhile = list(meanwhile)

    def read(self, size: int | None = -1) -> bytes:
        """What has arrived."""
        while self.meanwhile and self.tell() > len(self.getvalue()) / 2:
            self.meanwhile.pop(0)()
        return super().read(size)

    def send(self, browser: Client, address: str, *, more: int = 0) -> Any:
        """Send it as a form of so many bytes more than it has."""
        environ: Any = {"wsgi.input": self, "CONTENT_LENGTH": str(len(self.getvalue()) + more)}
        kind = "multipart/form-data; boundary=XX"
        return browser.post(address, b"-", content_type=kind, **environ)


def test_files_that_come_in_slowly_take_up_two_places_and_no_more(browser: Client) -> None:
    keeper = signed_in(make.administrator())
    image = File(content=bytes(1_000_000)).written() + END
    answers: list[Any] = []

    def send(who: Client, address: str, *meanwhile: Callable[[], Any]) -> None:
        answers.append(Slow(image, *meanwhile).send(who, address))

    def two_more() -> None:
        send(browser, COMPARE)
        send(keeper, IMPORT)

    send(browser, COMPARE, lambda: send(keeper, IMPORT, two_more))

    assert [answer.status_code for answer in answers] == [429, 429, 302, 200]
    for refused in answers[:2]:
        assert uploads.NO_PLACE in errors(refused)


@pytest.mark.parametrize(
    ("address", "taken"), [(COMPARE, 200), (IMPORT, 302)], ids=["image", "sheet"]
)
def test_a_place_is_given_back_whatever_happens(address: str, taken: int) -> None:
    browser = signed_in(make.administrator())

    for _ in range(uploads.FILES_AT_ONCE + 1):
        assert Slow(PLAIN).send(browser, address, more=9).status_code == 400  # broken off
        assert Slow(PLAIN).send(browser, address).status_code == 422  # without an end
        assert Slow(END).send(browser, address).status_code == 422  # empty

    assert Slow(PLAIN + END).send(browser, address).status_code == taken
