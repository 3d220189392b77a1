"""Who gets through which door of the API: every URL × method × kind of asker. A URL without a row
fails. The portal's pages have a table of their own in `test_page_table.py`."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from fir.parties.permissions import Permission
from tests import make
from tests.house.routes import doors
from tests.house.sent import BODIES
from tests.house.world import World, url

SOMEBODY = (
    "one permission",
    "maker",
    "other maker",
    "supplier",
    "other supplier",
    "network",
    "other",
    "agent",
    "asset provider",
    "dcc",
    "administrator",
)
ASKERS = ("stranger", "wrong key", *SOMEBODY)

# One column an asker, in the order above.
TABLE = """
                            stra wron one  make othM supp othS netw othr agen mapr dcc  admi
GET health                  200  200  200  200  200  200  200  200  200  200  200  200  200
GET api-index               200  401  200  200  200  200  200  200  200  200  200  200  200
GET cpl                     200  401  200  200  200  200  200  200  200  200  200  200  200
GET cpl-sheet               200  401  200  200  200  200  200  200  200  200  200  200  200
GET cpl-workbook            200  401  200  200  200  200  200  200  200  200  200  200  200
GET cpl-entry               200  401  200  200  200  200  200  200  200  200  200  200  200
GET docs                    200  401  200  200  200  200  200  200  200  200  200  200  200
GET schema                  200  401  200  200  200  200  200  200  200  200  200  200  200
GET checkpoint              200  401  200  200  200  200  200  200  200  200  200  200  200
GET keys                    200  401  200  200  200  200  200  200  200  200  200  200  200
GET feed                    401  401  200  200  200  200  200  200  200  200  200  200  200
GET firmware                401  401  403  200  200  200  200  200  200  200  200  200  200
GET firmware-record         401  401  403  200  404  200  200  200  404  200  200  200  200
GET firmware-ways           401  401  403  200  404  200  200  200  404  200  200  200  200
POST firmware-recall        401  401  403  200  404  403  403  403  403  403  403  403  403
GET contact                 401  401  403  200  404  200  200  200  404  200  200  200  200
PUT contact                 401  401  403  200  404  403  403  403  403  403  403  403  403
POST contact-confirmation   401  401  403  200  404  403  403  403  403  403  403  403  403
GET submissions             401  401  403  200  200  403  403  403  403  403  403  403  200
POST submissions            401  401  403  201  403  403  403  403  403  403  403  403  403
GET submission              401  401  403  200  404  403  403  403  403  403  403  403  200
POST decision               401  401  403  403  403  403  403  403  403  403  403  403  200
POST withdrawal             401  401  403  200  404  403  403  403  403  403  403  403  403
POST comments               401  401  403  201  404  403  403  403  403  403  403  403  201
GET drafts                  401  401  403  200  200  403  403  403  403  403  403  403  403
POST drafts                 401  401  403  201  201  403  403  403  403  403  403  403  403
GET draft                   401  401  403  200  404  403  403  403  403  403  403  403  403
PUT draft                   401  401  403  200  404  403  403  403  403  403  403  403  403
DELETE draft                401  401  403  204  404  403  403  403  403  403  403  403  403
POST draft-submission       401  401  403  201  404  403  403  403  403  403  403  403  403
GET estate-loads            401  401  403  403  403  200  200  403  403  403  403  403  403
POST estate-loads           401  401  403  403  403  202  202  403  403  403  403  403  403
GET estate-load             401  401  403  403  403  200  404  403  403  403  403  403  403
GET estate-load-errors      401  401  403  403  403  200  404  403  403  403  403  403  403
POST accept-load            401  401  403  403  403  409  404  403  403  403  403  403  403
POST drop-load              401  401  403  403  403  409  404  403  403  403  403  403  403
GET estate-summary          401  401  403  403  403  200  200  403  403  403  403  403  403
GET estate-changes          401  401  403  403  403  200  200  403  403  403  403  403  403
DELETE estate               401  401  403  403  403  204  404  403  403  403  403  403  403
GET census                  401  401  403  200  200  403  403  403  403  403  403  403  200
GET eligibility             401  401  403  403  403  200  200  403  403  403  403  403  403
GET devices                 401  401  403  403  403  200  200  403  403  403  403  403  403
GET batches                 401  401  403  403  403  200  200  403  403  403  403  403  403
GET requests                401  401  403  403  403  200  200  403  403  403  403  403  403
GET finding-devices         401  401  403  403  403  200  404  403  403  403  403  403  403
GET finding-batches         401  401  403  403  403  200  404  403  403  403  403  403  403
GET finding-requests        401  401  403  403  403  200  404  403  403  403  403  403  403
POST eligibility-check      401  401  403  200  200  200  200  200  200  200  200  200  200
GET own-decision            401  401  403  403  403  200  200  403  403  403  403  403  403
PUT own-decision            401  401  403  403  403  200  200  403  403  403  403  403  403
GET delegations             401  401  403  403  403  200  200  403  403  200  403  403  403
POST delegations            401  401  403  403  403  201  201  403  403  403  403  403  403
GET delegation              401  401  403  403  403  200  404  403  403  200  403  403  403
POST revocation             401  401  403  403  403  200  404  403  403  403  403  403  403
GET notices                 401  401  403  200  200  200  200  200  200  200  200  200  200
GET reader-faults           401  401  403  403  403  403  403  403  403  403  403  403  200
"""
ROWS = {
    tuple(line.split()[:2]): [int(status) for status in line.split()[2:]]
    for line in TABLE.strip().splitlines()[1:]
}


def ask(client: Client, method: str, name: str, asker: str, world: World) -> Any:
    """The answer to one asker; what it changed is rolled back."""
    headers = {}
    if asker == "wrong key":
        headers = {"authorization": "Bearer fir_nobody-has-this-key"}
    elif asker == "one permission":
        key = make.key(world.parties["supplier"], [Permission.READ_FEED])
        headers = {"authorization": f"Bearer {key}"}
    elif asker != "stranger":
        party = world.parties[asker]
        headers = make.bearer(party, make.everything(party))
    sends = method in ("POST", "PUT")
    body = {"content_type": "application/json", **BODIES.get(name, {})} if sends else {}
    with transaction.atomic():
        answer = getattr(client, method.lower())(url(name, world), headers=headers, **body)
        answer.streaming_content = list(getattr(answer, "streaming_content", []))
        transaction.set_rollback(True)
    return answer


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    assert set(doors()) == set(ROWS)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name"), ROWS)
def test_the_door_opens_to_whom_the_table_says(
    client: Client, world: World, method: str, name: str
) -> None:
    statuses = [ask(client, method, name, asker, world).status_code for asker in ASKERS]

    assert dict(zip(ASKERS, statuses, strict=True)) == dict(
        zip(ASKERS, ROWS[method, name], strict=True)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted({name for method, name in ROWS if method == "GET"}))
def test_asking_for_the_head_alone_opens_no_door(client: Client, world: World, name: str) -> None:
    for asker, status in zip(ASKERS, ROWS["GET", name], strict=True):
        answer = ask(client, "HEAD", name, asker, world)
        assert (asker, answer.status_code) == (asker, status)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted({name for _, name in ROWS}))
def test_a_method_that_a_door_does_not_have_changes_nothing(
    client: Client, world: World, name: str
) -> None:
    missing = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
        if (method, name) not in ROWS
    ]

    for method in missing:
        answer = ask(client, method, name, "administrator", world)
        assert answer.status_code == 405
        assert answer.headers["Content-Type"] == "application/problem+json"
