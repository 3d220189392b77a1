"""Manufacturers and the Administrator read about how many Devices run what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fir.estates.census import take_census
from tests import make
from tests.fir.api.asking import Asker
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import text

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Party:
    return make.maker()


def counted(*versions: str) -> None:
    """Five Suppliers that have three Devices of each version, and a sixth with one of its own."""
    for number in range(5):
        make.estate(
            make.party(f"supplier-{number}"),
            *(
                make.device(10 * place + n, DeviceFirmwareVersion=version)
                for place, version in enumerate(versions, 1)
                for n in range(3)
            ),
        )
    make.estate(make.party("alone"), make.device(1, DeviceFirmwareVersion="0000000A"))
    take_census(at=make.AT)


def test_page_and_answer_tell_about_how_many_run_each_version(maker: Party) -> None:
    make.listed(make.row(1), make.row(2))
    counted("00000001", "00000002")

    page = text(signed_in(maker).get("/census"))
    told = Asker(maker).get("/census").json()

    assert "2 versions" in page
    assert "00000002 Latest (N) ESME 00010101 F1A1 20" in page
    assert "was last on 20 November 2026" in page
    assert "0000000A" not in page
    assert told["counted_at"] == "2026-11-20T09:00:00Z"
    assert [
        (r["firmware_version"], r["position"], r["about_devices"]) for r in told["results"]
    ] == [
        ("00000001", "N-1", 20),
        ("00000002", "N", 20),
    ]


def test_another_maker_reads_of_none_of_them(maker: Party) -> None:
    counted("00000001")
    other = make.maker("other-meters", "F1A2")

    assert "There is no version of which a number may be told" in text(
        signed_in(other).get("/census")
    )
    assert Asker(other).get("/census").json()["results"] == []
    assert Asker(make.administrator()).get("/census").json()["results"]


def test_before_the_first_count_it_says_so(maker: Party) -> None:
    assert "Nothing was counted yet" in text(signed_in(maker).get("/census"))
    assert Asker(maker).get("/census").json() == {"counted_at": None, "next": None, "results": []}


def test_a_supplier_that_makes_devices_too_is_told_nothing() -> None:
    counted("00000001")
    both = make.party("both", manufacturer_identifiers=[make.MAKER])

    page = signed_in(both).get("/census")

    assert "A Supplier is told none of it" in text(page)
    assert b"00000001" not in page.content
    assert Asker(both).get("/census").status_code == 403


def test_answers_stand_on_pages(maker: Party) -> None:
    counted("00000001", "00000002", "00000003")

    first = Asker(maker).get("/census?limit=2").json()
    second = Asker(maker).get(first["next"].partition("/api/v1")[2]).json()

    seen = [row["firmware_version"] for row in first["results"] + second["results"]]
    assert seen == ["00000001", "00000002", "00000003"]
