"""Every act has its time and its actor."""

import pytest
from django.apps import apps
from django.db.models import Model

# Times that no person or key brings about, with what does.
MACHINE_TIMES = {
    "Bookmark.retry_at": "the reader that failed",
    "Assessment.assessed_at": "the reader of the ledger",
    "LoadFigure.assessed_at": "the reader of the ledger",
    "Census.counted_at": "the timetable",
    "EstateLoad.body_in_at": "the door that received it for whom `received_by` names",
    "EstateLoad.compared_at": "the worker that finished the load",
    "CertificateReminder.told_at": "the day itself: nobody has to do anything",
    "Checkpoint.issued_at": "the worker that signed it",
    "Delivery.next_try_at": "the sweep of deliveries",
    "Delivery.tried_at": "the sweep of deliveries",
    "ManufacturerContact.reminded_at": "the day itself: nobody has to do anything",
    "Decision.publish_at": "a time to come: decided_by says who chose it",
    "Submission.publish_at": "a time to come: the Decision says who chose it",
    "EstateLoad.finished_at": "the worker that finished the load",
    "EstateLoad.retry_at": "the worker that could not finish the load",
    "EstateLoad.replaced_at": "the worker that finished the next load",
    "Invitation.expires_at": "the day itself: nobody has to do anything",
    "Notice.raised_at": "the reader of the ledger",
    "QualityAssessment.assessed_at": "the reader of the ledger",
    "QualityFinding.found_at": "the reader of the ledger",
    "ReaderFault.failed_at": "the reader that failed",
    "LedgerHead.last_at": "the last event says by whom",
    "RepositoryEntry.archived_at": "a view: the archival itself says by whom",
    "RepositoryEntry.recalled_at": "a view: the recall itself says by whom",
    "RepositoryEntry.published_at": "a view: the record itself says by whom",
}
HOUSE = [
    model for model in apps.get_models() if model.__module__.partition(".")[0] in ("cpl", "fir")
]


def names(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


@pytest.mark.parametrize("model", HOUSE)
def test_every_act_has_its_actor(model: type[Model]) -> None:
    acts = {
        name
        for name in names(model)
        if name.endswith("_at") and f"{model.__name__}.{name}" not in MACHINE_TIMES
    }

    assert {name for name in acts if f"{name.removesuffix('_at')}_by" not in names(model)} == set()


def test_no_machine_time_is_listed_that_is_gone() -> None:
    standing = {f"{model.__name__}.{name}" for model in HOUSE for name in names(model)}

    assert set(MACHINE_TIMES) <= standing


@pytest.mark.parametrize("model", HOUSE)
def test_every_model_says_what_it_is(model: type[Model]) -> None:
    assert not (model.__doc__ or "").startswith(f"{model.__name__}(")
