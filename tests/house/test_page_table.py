"""Who gets to which page: every URL × method × kind of person. A URL without a row fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.house.routes import pages
from tests.house.sent import FORMS
from tests.house.test_permission_table import SOMEBODY
from tests.house.world import World, page_arguments, person

if TYPE_CHECKING:
    from fir.parties.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ASKERS = ("stranger", "no party", *SOMEBODY)

# One column a person, in the order above. 302: to sign in, or on after a form.
TABLE = """
                                          str los one mak oth sup oth net oth agn map dcc adm
GET  portal:home                          200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:about                         200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:rules                         200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:outbox                        404 404 404 404 404 404 404 404 404 404 404 404 404
GET  portal:reader-faults                 302 403 403 403 403 403 403 403 403 403 403 403 200
GET  portal:cpl                           200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:cpl-sheet                     200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:cpl-workbook                  200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:cpl-entry                     200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:catalogue                     200 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:keeping                       302 403 403 403 403 403 403 403 403 403 403 200 200
GET  portal:quality                       302 403 403 403 403 403 403 403 403 403 403 403 200
GET  portal:proposals                     302 403 403 403 403 403 403 403 403 403 403 403 200
GET  portal:proposal                      302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:proposal                      302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:propose-removal               302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:propose-removal               302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:propose-relisting             302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:propose-relisting             302 403 403 403 403 403 403 403 403 403 403 403 409
GET  portal:propose-archival              302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:propose-archival              302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:propose-restoration           302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:propose-restoration           302 403 403 403 403 403 403 403 403 403 403 403 409
GET  portal:propose-waiver                302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:propose-waiver                302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:loaded                        302 403 403 403 403 403 403 403 403 403 403 200 200
POST portal:loaded                        302 403 403 403 403 403 403 403 403 403 403 302 302
GET  portal:not-loaded                    302 403 403 403 403 403 403 403 403 403 403 200 200
POST portal:not-loaded                    302 403 403 403 403 403 403 403 403 403 403 302 302
GET  portal:new-version                   302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:new-version                   302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:version                       302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:version                       302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:needs                         302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:needs                         302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:records                       302 403 403 200 200 200 200 200 200 200 200 200 200
GET  portal:record                        302 403 403 200 404 200 200 200 404 200 200 200 200
GET  portal:ways                          302 403 403 200 404 200 200 200 404 200 200 200 200
GET  portal:recall                        302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:recall                        302 403 403 302 404 403 403 403 403 403 403 403 403
GET  portal:compare-image                 302 403 403 200 200 200 200 200 200 200 200 200 200
POST portal:compare-image                 302 403 403 200 200 200 200 200 200 200 200 200 200
GET  portal:import-sheet                  302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:import-sheet                  302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:sheets                        302 403 403 403 403 403 403 403 403 403 403 403 200
GET  portal:sheet                         302 403 403 403 403 403 403 403 403 403 403 403 200
GET  portal:sheet-faults                  302 403 403 403 403 403 403 403 403 403 403 403 200
GET  portal:sheet-changes                 302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:correct-sheet                 302 403 403 403 403 403 403 403 403 403 403 403 422
POST portal:apply-sheet                   302 403 403 403 403 403 403 403 403 403 403 403 409
POST portal:drop-sheet                    302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:contacts                      302 403 403 200 200 403 403 403 403 403 403 403 200
GET  portal:contact                       302 403 403 200 404 403 403 403 403 403 403 403 200
POST portal:contact                       302 403 403 302 404 403 403 403 403 403 403 403 302
GET  portal:submissions                   302 403 403 200 200 403 403 403 403 403 403 403 200
GET  portal:bring-releases                302 403 403 200 200 403 403 403 403 403 403 403 403
POST portal:bring-releases                302 403 403 302 302 403 403 403 403 403 403 403 403
GET  portal:release-template              302 403 403 200 200 403 403 403 403 403 403 403 403
GET  portal:release-template-workbook     302 403 403 200 200 403 403 403 403 403 403 403 403
GET  portal:release-sheet                 302 403 403 200 404 403 403 403 403 403 403 403 403
GET  portal:release-sheet-faults          302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:bring-good-releases           302 403 403 302 404 403 403 403 403 403 403 403 403
GET  portal:drop-releases                 302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:drop-releases                 302 403 403 302 404 403 403 403 403 403 403 403 403
GET  portal:new-submission                302 403 403 200 200 403 403 403 403 403 403 403 403
POST portal:new-submission                302 403 403 302 302 403 403 403 403 403 403 403 403
GET  portal:draft                         302 403 403 200 404 403 403 403 403 403 403 403 403
GET  portal:draft-section                 302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:draft-section                 302 403 403 302 404 403 403 403 403 403 403 403 403
GET  portal:draft-check                   302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:draft-check                   302 403 403 302 404 403 403 403 403 403 403 403 403
GET  portal:draft-image                   302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:draft-image                   302 403 403 200 404 403 403 403 403 403 403 403 403
GET  portal:draft-picture                 302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:draft-picture                 302 403 403 200 404 403 403 403 403 403 403 403 403
GET  portal:drop-draft                    302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:drop-draft                    302 403 403 302 404 403 403 403 403 403 403 403 403
GET  portal:submission                    302 403 403 200 404 403 403 403 403 403 403 403 200
POST portal:decision                      302 403 403 403 403 403 403 403 403 403 403 403 302
POST portal:comment                       302 403 403 302 404 403 403 403 403 403 403 403 302
GET  portal:cancel-approval               302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:cancel-approval               302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:waive-finding                 302 403 403 403 403 403 403 403 403 403 403 403 200
POST portal:waive-finding                 302 403 403 403 403 403 403 403 403 403 403 403 302
GET  portal:take-back                     302 403 403 200 404 403 403 403 403 403 403 403 403
POST portal:take-back                     302 403 403 302 404 403 403 403 403 403 403 403 403
GET  portal:estate                        302 403 403 403 403 200 200 403 403 403 403 403 403
GET  portal:estate-changes                302 403 403 403 403 200 200 403 403 403 403 403 403
GET  portal:estate-table                  302 403 403 403 403 200 200 403 403 403 403 403 403
GET  portal:delete-estate                 302 403 403 403 403 200 200 403 403 403 403 403 403
POST portal:delete-estate                 302 403 403 403 403 302 302 403 403 403 403 403 403
GET  portal:census                        302 403 403 200 200 403 403 403 403 403 403 403 200
GET  portal:estate                        302 403 403 403 403 200 200 403 403 302 403 403 403
GET  portal:loads                         302 403 403 403 403 200 200 403 403 403 403 403 403
GET  portal:send-inventory                302 403 403 403 403 200 200 403 403 403 403 403 403
POST portal:send-inventory                302 403 403 403 403 302 302 403 403 403 403 403 403
GET  portal:load                          302 403 403 403 403 200 404 403 403 403 403 403 403
GET  portal:load-notes                    302 403 403 403 403 200 404 403 403 403 403 403 403
POST portal:accept-load                   302 403 403 403 403 409 404 403 403 403 403 403 403
POST portal:drop-load                     302 403 403 403 403 409 404 403 403 403 403 403 403
GET  portal:eligibility                   302 403 403 403 403 200 200 403 403 403 403 403 403
GET  portal:eligibility                   302 403 403 403 403 200 200 403 403 302 403 403 403
GET  portal:own-decisions                 302 403 403 403 403 200 200 403 403 302 403 403 403
GET  portal:own-decision                  302 403 403 403 403 200 200 403 403 302 403 403 403
POST portal:own-decision                  302 403 403 403 403 302 302 403 403 403 403 403 403
GET  portal:agents                        302 403 403 403 403 200 200 403 403 403 403 403 403
GET  portal:delegate                      302 403 403 403 403 200 200 403 403 403 403 403 403
POST portal:delegate                      302 403 403 403 403 302 302 403 403 403 403 403 403
GET  portal:revoke-delegation             302 403 403 403 403 200 404 403 403 403 403 403 403
POST portal:revoke-delegation             302 403 403 403 403 302 404 403 403 403 403 403 403
GET  portal:suppliers                     302 403 403 403 403 403 403 403 403 200 403 403 403
GET  portal:lists                         302 403 403 403 403 200 200 403 403 302 403 403 403
GET  portal:list-file                     302 403 403 403 403 200 200 403 403 302 403 403 403
GET  portal:check-devices                 302 403 403 200 200 200 200 200 200 200 200 200 200
POST portal:check-devices                 302 403 403 200 200 200 200 200 200 200 200 200 200
POST portal:check-pasted                  302 403 403 200 200 200 200 200 200 200 200 200 200
GET  portal:notices                       302 403 403 200 200 200 200 200 200 200 200 200 200
GET  portal:notice                        302 403 403 404 404 200 404 404 404 404 404 404 404
GET  portal:people                        302 403 403 200 200 200 200 200 200 200 200 200 200
GET  portal:invite                        302 403 403 200 200 200 200 200 200 200 200 200 200
POST portal:invite                        302 403 403 302 302 302 302 302 302 302 302 302 302
GET  portal:person                        302 403 403 404 404 200 404 404 404 404 404 404 404
POST portal:person                        302 403 403 404 404 302 404 404 404 404 404 404 404
POST portal:withdraw-invitation           302 403 403 404 404 302 404 404 404 404 404 404 404
GET  portal:invitation                    200 200 200 200 200 200 200 200 200 200 200 200 200
POST portal:invitation                    302 409 409 409 409 409 409 409 409 409 409 409 409
GET  portal:new-key                       302 403 403 200 200 200 200 200 200 200 200 200 200
POST portal:new-key                       302 403 403 201 201 201 201 201 201 201 201 201 201
GET  portal:revoke-key                    302 403 403 404 404 200 404 404 404 404 404 404 404
POST portal:revoke-key                    302 403 403 404 404 302 404 404 404 404 404 404 404
GET  portal:account                       302 200 200 200 200 200 200 200 200 200 200 200 200
GET  portal:acting-for                    302 200 200 200 200 200 200 200 200 200 200 200 200
POST portal:acting-for                    302 422 302 422 422 302 422 422 422 422 422 422 422
GET  account_login                        200 302 302 302 302 302 302 302 302 302 302 302 302
POST account_login                        200 302 302 302 302 302 302 302 302 302 302 302 302
GET  account_logout                       302 200 200 200 200 200 200 200 200 200 200 200 200
POST account_logout                       302 302 302 302 302 302 302 302 302 302 302 302 302
GET  account_inactive                     200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_change_password              302 200 200 200 200 200 200 200 200 200 200 200 200
POST account_change_password              302 302 302 302 302 302 302 302 302 302 302 302 302
GET  account_reset_password               200 200 200 200 200 200 200 200 200 200 200 200 200
POST account_reset_password               302 302 302 302 302 302 302 302 302 302 302 302 302
GET  account_reset_password_done          200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_reset_password_from_key      200 200 200 200 200 200 200 200 200 200 200 200 200
POST account_reset_password_from_key      200 200 200 200 200 200 200 200 200 200 200 200 200
GET  account_reset_password_from_key_done 200 200 200 200 200 200 200 200 200 200 200 200 200
"""
ROWS = {
    tuple(line.split()[:2]): [int(status) for status in line.split()[2:]]
    for line in TABLE.strip().splitlines()[1:]
}


def ask(method: str, address: str, name: str, who: User | None) -> Any:
    """The answer to one person; what it changed is rolled back."""
    client = Client(raise_request_exception=False)
    cache.clear()  # nobody here has tried too often
    with transaction.atomic():
        if who is not None:
            client.force_login(who, backend=BACKEND)
        form = FORMS.get(name, {}) if method == "POST" else {}
        for upload in form.values():
            if hasattr(upload, "seek"):
                upload.seek(0)
        answer = getattr(client, method.lower())(address, form)
        answer.streaming_content = list(getattr(answer, "streaming_content", []))
        transaction.set_rollback(True)
    return answer


def statuses(*methods: str, name: str, world: World) -> list[dict[str, int]]:
    """The status that each kind of person gets, for each of the methods."""
    address = reverse(name, kwargs=page_arguments(world).get(name, {}))
    people = {asker: None if asker == "stranger" else person(world, asker) for asker in ASKERS}
    return [
        {asker: ask(method, address, name, who).status_code for asker, who in people.items()}
        for method in methods
    ]


def test_every_page_has_a_row_and_every_row_a_page() -> None:
    assert set(pages()) == set(ROWS)


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "name"), ROWS)
def test_the_page_opens_to_whom_the_table_says(world: World, method: str, name: str) -> None:
    asked = ("GET", "HEAD") if method == "GET" else (method,)

    for found in statuses(*asked, name=name, world=world):
        assert found == dict(zip(ASKERS, ROWS[method, name], strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted({name for _, name in ROWS if name.startswith("portal:")}))
def test_a_method_that_a_page_does_not_have_is_answered_in_words(world: World, name: str) -> None:
    address = reverse(name, kwargs=page_arguments(world).get(name, {}))
    who = person(world, "supplier")

    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        if (method, name) not in ROWS:
            answer = ask(method, address, name, who)
            assert (method, answer.status_code) == (method, 405)
            assert b"could not be read" in answer.content
    if ("GET", name) not in ROWS:  # where a form is sent: reloading it shows the form's page
        assert ask("GET", address, name, who).status_code == 302
