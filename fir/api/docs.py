"""The OpenAPI document turned into what its page shows people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def doors_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every door of the document, in its order."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            good = next(status for status in said["responses"] if status != "default")
            yield {
                "id": said["operationId"],
                "method": method.upper(),
                "path": path,
                "description": said.get("description", ""),
                "parameters": said.get("parameters", []),
                "takes": _shape_in(said.get("requestBody", {})),
                "answers": _shape_in(said["responses"][good]),
            }


def _shape_in(holder: Mapping[str, Any]) -> str:
    """The name of the shape that a body has; '' when it has none."""
    body = holder.get("content", {}).get("application/json", {})
    return _name(body.get("schema", {}).get("$ref", ""))


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def shapes_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every shape with its fields, in the document's order."""
    for name, shape in document["components"]["schemas"].items():
        fields = shape.get("properties", {})
        if not fields:
            fields = {"One of": {"type": ", ".join(map(str, shape.get("enum", [])))}}
        yield {
            "name": name,
            "description": shape.get("description", "").partition("\n")[0],
            "fields": [
                {"name": field, "type": _type(said), "note": said.get("description", "")}
                for field, said in fields.items()
            ],
        }


def _type(said: Mapping[str, Any]) -> str:
    """A field's type in a few words."""
    if "$ref" in said:
        return _name(said["$ref"])
    for several in ("oneOf", "allOf", "anyOf"):
        if several in said:
            return " or ".join(map(_type, said[several]))
    kind = said.get("type", "anything")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    if kind == "array":
        return f"list of {_type(said.get('items', {}))}"
    return f"{kind} ({said['format']})" if "format" in said else str(kind)
