"""What the OpenAPI document says of each door: made from the door's own words and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from fir.api.shapes.problems import Problem

if TYPE_CHECKING:
    from fir.api.door import Door

PARAMETERS = {
    "after": (OpenApiTypes.INT64, "The last seq that the asker has; 0 for all."),
    "limit": (OpenApiTypes.INT, "At most so many, up to 1000."),
    "cursor": (OpenApiTypes.STR, "Where to go on, as `next` says it."),
    "party": (OpenApiTypes.STR, "The Supplier's slug, for its agent."),
    "own_decision": (
        OpenApiTypes.STR,
        "What the Supplier itself decided of the release: TESTING, APPROVED, HELD, or NONE.",
    ),
    "mode": (OpenApiTypes.STR, "`full`: the inventory replaces the estate."),
    "state": (OpenApiTypes.STR, "Only submissions in this state."),
    "target": (OpenApiTypes.STR, "The CPL Entry ID to update to; the latest when absent."),
    "outcome": (OpenApiTypes.STR, "Only findings with this outcome."),
    "device_type": (OpenApiTypes.STR, "Only this Device Type."),
    "manufacturer": (OpenApiTypes.STR, "Only this Manufacturer Identifier."),
    "device_model": (OpenApiTypes.STR, "Only this Device Model."),
    "firmware_version": (OpenApiTypes.STR, "Only this firmware version."),
    "manufacturer_image_hash": (OpenApiTypes.STR, "Only this Manufacturer Image Hash."),
    "status": (OpenApiTypes.STR, "`Current` or `Removed`."),
    "added_from": (OpenApiTypes.DATE, "Only entries added on this day or later."),
    "added_to": (OpenApiTypes.DATE, "Only entries added on this day or earlier."),
    "as_at": (
        OpenApiTypes.DATE,
        "The list by its own dates at the end of this day: the entries added by then, with the "
        "status of that day. Their facts are those said last.",
    ),
    "q": (OpenApiTypes.STR, "Entry id, model, version or hash that begins so."),
}
HEADERS = {
    "Idempotency-Key": (
        "The sender's own name for this request, 1 to 200 printable ASCII characters. Sent again "
        "with the same content it brings nothing twice: the answer is the first submission, with "
        "the header Idempotent-Replayed. A refused request leaves the name free."
    ),
}


class DoorSchema(AutoSchema):
    """Reads a door: its docstrings, `parameters`, `requires`, `takes` and `answers`."""

    @property
    def door(self) -> Door:
        """The door that is described."""
        return cast("Door", self.view)

    def get_override_parameters(self) -> list[Any]:
        """The query parameters that the door knows, where it reads; the headers where it writes."""
        if self.method == "GET":
            words = {**PARAMETERS, **self.door.own_words}
            return [
                OpenApiParameter(name, words[name][0], description=words[name][1])
                for name in self.door.parameters
            ]
        return [
            OpenApiParameter(name, OpenApiTypes.STR, "header", description=HEADERS[name])
            for name in self.door.headers_of.get(self.method, ())
        ]

    def get_operation_id(self) -> str:
        """The method and the door's own name."""
        return f"{self.method.lower()}_{type(self.door).__name__.removesuffix('Door')}"

    def get_tags(self) -> list[str]:
        """None: the doors are few."""
        return []

    def get_auth(self) -> list[dict[str, list[str]]]:
        """A key where the door asks for a permission."""
        return [{"key": []}] if self.door.requires.get(self.method) else [{}]

    def get_description(self) -> str:  # type: ignore[override]
        """The door's docstring, and what opens it."""
        wanted = self.door.requires.get(self.method, ())
        needs = " or ".join(permission.name for permission in wanted)
        return f"{super().get_description()}\n\n" + (f"Needs {needs}." if needs else "Public.")

    def get_request_serializer(self) -> Any:
        """What the door takes at this method."""
        return self.door.takes.get(self.method)

    def get_response_serializers(self) -> Any:
        """What the door answers, and the problems it may answer."""
        status, shape = self.door.answers[self.method]
        forms = self.door.forms_of_answer.get(self.method, ())
        offered: dict[Any, Any] = {(status, form): shape for form in forms} or {status: shape}
        problem = OpenApiResponse(Problem, description="What is wrong, and what to do.")
        return {**offered, ("default", "application/problem+json"): problem}
