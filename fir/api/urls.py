"""The URLs of the API, under /api/v1/."""

from django.urls import path

from fir.api.views import (
    checks,
    contacts,
    drafts,
    eligibility,
    estates,
    feed,
    lists,
    records,
    shell,
    submissions,
    ways,
)

urlpatterns = [
    path("docs", shell.Docs.as_view(), name="docs"),
    path("schema", shell.Schema.as_view(), name="schema"),
    path("", shell.Index.as_view(), name="api-index"),
    path("feed", feed.Feed.as_view(), name="feed"),
    path("checkpoint", feed.CheckpointDoor.as_view(), name="checkpoint"),
    path("keys", feed.Keys.as_view(), name="keys"),
    path("firmware", records.Firmware.as_view(), name="firmware"),
    path(
        "firmware/<str:cpl_entry_id>",
        records.FirmwareRecordDoor.as_view(),
        name="firmware-record",
    ),
    path("firmware/<str:cpl_entry_id>/ways", ways.Ways.as_view(), name="firmware-ways"),
    path(
        "firmware/<str:cpl_entry_id>/recall",
        records.RecallDoor.as_view(),
        name="firmware-recall",
    ),
    path("cpl", records.CPL.as_view(), name="cpl"),
    path("cpl.csv", records.CPLSheet.as_view(), name="cpl-sheet"),
    path("cpl.xlsx", records.CPLWorkbook.as_view(), name="cpl-workbook"),
    path("cpl/<str:cpl_entry_id>", records.CPLEntryDoor.as_view(), name="cpl-entry"),
    path(
        "contacts/<str:manufacturer_identifier>",
        contacts.ContactDoor.as_view(),
        name="contact",
    ),
    path(
        "contacts/<str:manufacturer_identifier>/confirmation",
        contacts.ConfirmationDoor.as_view(),
        name="contact-confirmation",
    ),
    path("submissions", submissions.Submissions.as_view(), name="submissions"),
    path(
        "submissions/<uuid:submission_id>",
        submissions.SubmissionDoor.as_view(),
        name="submission",
    ),
    path(
        "submissions/<uuid:submission_id>/decision",
        submissions.DecisionDoor.as_view(),
        name="decision",
    ),
    path(
        "submissions/<uuid:submission_id>/withdrawal",
        submissions.WithdrawalDoor.as_view(),
        name="withdrawal",
    ),
    path(
        "submissions/<uuid:submission_id>/comments",
        submissions.CommentsDoor.as_view(),
        name="comments",
    ),
    path("drafts", drafts.Drafts.as_view(), name="drafts"),
    path("drafts/<uuid:draft_id>", drafts.DraftDoor.as_view(), name="draft"),
    path(
        "drafts/<uuid:draft_id>/submission",
        drafts.DraftSubmission.as_view(),
        name="draft-submission",
    ),
    path("estate/loads", estates.EstateLoads.as_view(), name="estate-loads"),
    path("estate/loads/<int:load_id>", estates.EstateLoadDoor.as_view(), name="estate-load"),
    path(
        "estate/loads/<int:load_id>/errors.csv",
        estates.EstateLoadErrors.as_view(),
        name="estate-load-errors",
    ),
    path("estate/loads/<int:load_id>/accept", estates.AcceptLoad.as_view(), name="accept-load"),
    path("estate/summary", estates.EstateSummary.as_view(), name="estate-summary"),
    path("eligibility", eligibility.Eligibility.as_view(), name="eligibility"),
    path("eligibility/check", checks.EligibilityCheck.as_view(), name="eligibility-check"),
    path("eligibility/devices", lists.Devices.as_view(), name="devices"),
    path("eligibility/batches", lists.Batches.as_view(), name="batches"),
    path("eligibility/requests", lists.Requests.as_view(), name="requests"),
    path(
        "eligibility/<uuid:finding_id>/devices",
        lists.FindingDevices.as_view(),
        name="finding-devices",
    ),
    path(
        "eligibility/<uuid:finding_id>/batches",
        lists.FindingBatches.as_view(),
        name="finding-batches",
    ),
    path(
        "eligibility/<uuid:finding_id>/requests",
        lists.FindingRequests.as_view(),
        name="finding-requests",
    ),
    path("reader-faults", feed.ReaderFaults.as_view(), name="reader-faults"),
    path("notices", eligibility.Notices.as_view(), name="notices"),
]
