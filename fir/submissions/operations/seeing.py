"""What somebody saw of a draft, so that nobody acts on what another has changed since."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from fir.submissions.claims import READERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fir.submissions.models import Draft

DRAFT_FIELDS = tuple(name for name in READERS if name != "kind")


class DraftChanged(ValueError):
    """Somebody else saved these answers meanwhile; `draft` is the draft as it stands."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__("Somebody else changed these answers since you opened them.")


def seen(said: Mapping[str, Any], names: Iterable[str] = DRAFT_FIELDS) -> str:
    """What tells some answers of a draft from others: whoever acts says by it what was seen."""
    answers = {name: said.get(name) for name in names}
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]
