"""The OpenAPI document is true: every door is in it, and every answer has the shape it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from django.urls import get_resolver

from tests.house.routes import doors
from tests.house.test_permission_table import ASKERS, ROWS, ask
from tests.house.world import FINDING_DOORS

if TYPE_CHECKING:
    from django.test import Client

    from tests.house.world import World

FILES = ("docs", "checkpoint", "estate-load-errors", "cpl-sheet", "cpl-workbook")
LISTS = ("devices", "batches", "requests", *FINDING_DOORS)
JSON_ROWS = [row for row in ROWS if row[1] not in (*FILES, *LISTS)]
LIST_ROWS = [row for row in ROWS if row[1] in LISTS]
API = "/api/v1/"
NO_CONTENT = 204


@pytest.fixture
def document(client: Client, db: None) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"{API}schema").json()
    return answer


def path_of(name: str) -> str:
    """The path of a named URL as the document writes it."""
    path, arguments = get_resolver().reverse_dict.getlist(name)[0][0][0]
    return "/" + str(path % {argument: f"{{{argument}}}" for argument in arguments})


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_door_of_the_api_is_in_the_document(document: dict[str, Any]) -> None:
    documented = {
        (method.upper(), path) for path, offered in document["paths"].items() for method in offered
    }

    assert {(method, path_of(name)) for method, name in doors()} == documented


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name"), [*JSON_ROWS, *LIST_ROWS])
@pytest.mark.parametrize("world", [1, 3], indirect=True)
def test_an_answer_has_the_shape_that_the_document_says(
    client: Client, world: World, document: dict[str, Any], method: str, name: str
) -> None:
    said = document["paths"][path_of(name)][method.lower()]["responses"]

    for asker in ASKERS:
        answer = ask(client, method, name, asker, world)
        good = answer.status_code < 400
        shape = said[str(answer.status_code)] if good else said["default"]
        if answer.status_code == NO_CONTENT:
            assert (answer.content, "content" in shape) == (b"", False)
            continue
        kind = answer.headers["Content-Type"].partition(";")[0]
        schema = {**shape["content"][kind]["schema"], "components": document["components"]}
        content = answer.json() if kind.endswith("json") else str(answer.streaming_content)
        jsonschema.Draft202012Validator(schema).validate(content)


@pytest.mark.django_db
@pytest.mark.parametrize("world", [2], indirect=True)
@pytest.mark.parametrize(("method", "name"), JSON_ROWS)
def test_an_answer_has_no_field_that_the_document_hides(
    client: Client, world: World, document: dict[str, Any], method: str, name: str
) -> None:
    responses = document["paths"][path_of(name)][method.lower()]["responses"]
    for asker in ASKERS:
        answer = ask(client, method, name, asker, world)
        if answer.status_code < 400 and answer.status_code != NO_CONTENT:
            shape = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
            assert hidden(answer.json(), shape, document) == []


def hidden(answer: Any, schema: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """The fields of an answer that its schema does not name."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if "oneOf" in schema and isinstance(answer, dict):
        schema = next(one for one in schema["oneOf"] if "$ref" in one)
        return hidden(answer, schema, document)
    if isinstance(answer, list):
        return [name for item in answer for name in hidden(item, schema.get("items", {}), document)]
    if not isinstance(answer, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    return [name for name in answer if name not in known] + [
        deep
        for name, value in answer.items()
        if name in known
        for deep in hidden(value, known[name], document)
    ]
