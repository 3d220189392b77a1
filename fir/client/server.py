"""Asking FIR for its checkpoint and for every event, page by page."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 1000
SECONDS = 60
MOST_BYTES = 64 * 1024 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A key goes to the address that it was given for, and to no other."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """None: a redirection is an answer like any other that is none."""


_OPENER = urllib.request.build_opener(_NoRedirects)


class ServerTrouble(Exception):
    """FIR could not be asked, or what it answered cannot be read; the message says which."""


@dataclass(frozen=True)
class Server:
    """A FIR at an address, asked with a Party's key."""

    url: str
    api_key: str

    def checkpoint(self) -> str:
        """The newest signed checkpoint."""
        return self._ask("checkpoint")

    def events(self, size: int) -> Iterator[dict[str, Any]]:
        """The events up to this number, in the order in which FIR gives them."""
        after = 0
        while after < size:
            page = self._json(f"feed?after={after}&limit={PAGE}")
            events = page.get("events")
            if not isinstance(events, list) or not events:
                return
            for event in events:
                if not isinstance(event, dict):
                    raise ServerTrouble("The feed holds something that is no event.")
                after = event["seq"] if isinstance(event.get("seq"), int) else after + 1
                if after > size:
                    return
                yield event

    def _json(self, path: str) -> dict[str, Any]:
        try:
            found = json.loads(self._ask(path))
        except ValueError as error:
            raise ServerTrouble(f"{self.url} answered {path} with what is no JSON.") from error
        if not isinstance(found, dict):
            raise ServerTrouble(f"{self.url} answered {path} with what is no page of events.")
        return found

    def _ask(self, path: str) -> str:
        if not self.url.startswith(("http://", "https://")):
            raise ServerTrouble("The address must begin with https:// (or http://).")
        address = f"{self.url.rstrip('/')}/api/v1/{path}"
        headers = {"Authorization": f"Bearer {self.api_key}"} if self.api_key else {}
        request = urllib.request.Request(address, headers=headers)  # noqa: S310 - looked at above
        try:
            with _OPENER.open(request, timeout=SECONDS) as answer:
                return str(answer.read(MOST_BYTES).decode())
        except urllib.error.HTTPError as error:
            raise ServerTrouble(f"{address} answered {error.code}: {_detail(error)}") from error
        except (OSError, ValueError, HTTPException) as error:
            raise ServerTrouble(f"{address} could not be asked: {error}") from error


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read(10_000)).get("detail") or error.reason)
    except (ValueError, AttributeError):
        return str(error.reason)
