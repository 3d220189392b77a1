"""The page that shows the API to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.house.routes import doors

if TYPE_CHECKING:
    from django.test import Client


def test_the_page_shows_every_door_and_its_fields(client: Client, db: None) -> None:
    page = client.get("/api/v1/docs").content.decode()

    assert page.count("<section") > len(doors())
    for words in ("POST /api/v1/submissions", "manufacturer_image_hash", "Needs READ_FEED."):
        assert words in page


def test_every_link_of_the_page_leads_somewhere(client: Client, db: None) -> None:
    page = client.get("/api/v1/docs").content.decode()
    targets = [piece.partition('"')[0] for piece in page.split('href="#')[1:]]

    assert targets
    assert [target for target in targets if f'id="{target}"' not in page] == []
