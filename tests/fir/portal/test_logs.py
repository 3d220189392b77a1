"""No log line opens anything."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from fir.portal.logs import WithoutLinks


@pytest.mark.parametrize("path", ["/invitations/secret:of:it", "/account/password/new/1-secret-x"])
def test_a_link_that_opens_something_is_masked(path: str) -> None:
    record = logging.LogRecord("django.request", 30, "", 0, "%s: %s", ("Conflict", path), None)

    assert WithoutLinks().filter(record)
    assert "secret" not in record.getMessage()
    assert record.getMessage().startswith("Conflict: /")


def test_other_lines_stay_as_they_are() -> None:
    record = logging.LogRecord("django.request", 30, "", 0, "%s: %s", ("Not Found", "/cpl/1"), None)

    WithoutLinks().filter(record)

    assert record.getMessage() == "Not Found: /cpl/1"


def test_every_line_that_is_written_passes_the_filter() -> None:
    handlers: Any = settings.LOGGING["handlers"]
    for handler in handlers.values():
        assert "without_links" in handler["filters"]


@pytest.mark.django_db
def test_a_link_that_is_refused_leaves_no_token_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    Client().get("/invitations/secret-token")

    assert "/invitations/…" in caplog.text
    assert "secret-token" not in caplog.text
