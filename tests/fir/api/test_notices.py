"""A Party's notices, as its system reads them: of releases, of entries, of certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from fir.eligibility.operations import read_news as assess_news
from fir.notifications.operations import read_news
from fir.records.certificates import tell_of_certificates
from fir.records.proposals import confirm_proposal, propose_removal
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NOTICES = "/api/v1/notices"


def test_every_kind_of_notice_has_the_shape_that_the_document_says(client: Client) -> None:
    supplier = make.party()
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.listed(make.row(1, cpa_renewal_date=make.AT.date()))
    make.estate(supplier, make.device(1))
    make.published(maker, administrator, 9, predecessors=["CPL-000001"])
    tell_of_certificates(at=make.AT)
    proposal = propose_removal(cpl_entry_id="CPL-000001", reason="Withdrawn.", by=maker, at=make.AT)
    confirm_proposal(proposal_id=proposal.pk, by=administrator, at=make.AT)
    assess_news(at=make.AT)
    read_news(at=make.AT)

    answer = client.get(NOTICES, headers=make.bearer(supplier)).json()

    said = {one["kind"]: (one["cpl_entry_id"], one["counts"]) for one in answer["results"]}
    assert said == {
        "CERTIFICATE_DUE": (None, {}),
        "CPL_ENTRY_REMOVED": ("CPL-000001", {"DEVICES": 1}),
        "FIRMWARE_PUBLISHED": ("CPL-000002", {"ELIGIBLE": 1}),
    }
    document: dict[str, Any] = client.get("/api/v1/schema").json()
    shape = document["paths"]["/api/v1/notices"]["get"]["responses"]["200"]["content"]
    schema = {**shape["application/json"]["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(answer)


def test_a_notice_of_a_submission_names_it_and_one_of_several_none(client: Client) -> None:
    maker, administrator = make.actor(make.maker()), make.administrator()
    alone = make.submitted(make.actor(maker.party), 8)
    for number in (9, 10):
        make.submitted(maker, number)
    read_news(at=make.AT)

    answer = client.get(NOTICES, headers=make.bearer(administrator)).json()

    said = [(one["submission_id"], one["counts"]) for one in answer["results"]]
    assert said == [(None, {"SUBMISSIONS": 2}), (str(alone.pk), {"SUBMISSIONS": 1})]
