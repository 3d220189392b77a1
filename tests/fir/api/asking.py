"""Asking the API as somebody's system would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.test import Client

from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party

API = "/api/v1"


class Asker:
    """A Party's system with a key of its own."""

    def __init__(self, party: Party) -> None:
        self.party = party
        self.client = Client(raise_request_exception=False)
        self.headers = make.bearer(party)

    def get(self, path: str) -> Any:
        """The answer to a read."""
        return self.client.get(API + path, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a body, which is JSON unless it is bytes; `headers` go with it."""
        return self._sent("post", path, body, headers)

    def put(self, path: str, body: Any) -> Any:
        """The same for what is put in the place of something."""
        return self._sent("put", path, body, {})

    def delete(self, path: str) -> Any:
        """The answer to throwing something away."""
        return self.client.delete(API + path, headers=self.headers)

    def brings(self, number: int = 9, **changes: Any) -> dict[str, Any]:
        """A release that was brought: the answer's body."""
        return made(self.post("/submissions", make.release(number, **changes)))

    def brings_about(self, entry: str, kind: str, **said: Any) -> dict[str, Any]:
        """Something about an entry that was brought: the answer's body."""
        return made(self.post("/submissions", {"kind": kind, "of_entry": entry, **said}))

    def decides(self, submission: dict[str, Any], decision: str, **more: str) -> dict[str, Any]:
        """A decision that was taken: the answer's body."""
        path = f"/submissions/{submission['id']}/decision"
        answer = self.post(path, {"decision": decision, **more})
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def _sent(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body) if body is not None else ""
        return getattr(self.client, method)(
            API + path,
            content,
            content_type="application/json",
            headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )


def made(answer: Any) -> dict[str, Any]:
    """The body of a 201."""
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def codes(answer: Any) -> set[tuple[str, str]]:
    """The field and code of each fault in a 422."""
    assert answer.status_code == 422, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}
