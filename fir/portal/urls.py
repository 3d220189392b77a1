"""The addresses of the portal's pages."""

from allauth.account import views as allauth
from django.urls import path, re_path

from fir.portal.views import (
    accounts,
    catalogue,
    contacts,
    draft_check,
    draft_images,
    draft_pictures,
    draft_sections,
    draft_start,
    drafts,
    eligibility,
    estates,
    home,
    images,
    keeping,
    keys,
    listed,
    loaded,
    notices,
    people,
    proposals,
    records,
    release_sheets,
    review,
    sheet_acts,
    sheets,
    submission_acts,
    submissions,
)

app_name = "portal"

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("about", home.About.as_view(), name="about"),
    path("rules", home.Rules.as_view(), name="rules"),
    path("outbox", home.Outbox.as_view(), name="outbox"),
    path("reader-faults", home.ReaderFaults.as_view(), name="reader-faults"),
    path("cpl", listed.ListedEntries.as_view(), name="cpl"),
    path("cpl.csv", listed.ListSheet.as_view(), name="cpl-sheet"),
    path("cpl.xlsx", listed.ListWorkbook.as_view(), name="cpl-workbook"),
    path("cpl/<str:cpl_entry_id>", listed.Entry.as_view(), name="cpl-entry"),
    path(
        "cpl/<str:cpl_entry_id>/remove",
        proposals.ProposeRemoval.as_view(),
        name="propose-removal",
    ),
    path(
        "cpl/<str:cpl_entry_id>/relist",
        proposals.ProposeRelisting.as_view(),
        name="propose-relisting",
    ),
    path(
        "cpl/<str:cpl_entry_id>/waive/<str:code>",
        proposals.ProposeWaiver.as_view(),
        name="propose-waiver",
    ),
    path("catalogue", catalogue.Catalogue.as_view(), name="catalogue"),
    path("list", keeping.Keeping.as_view(), name="keeping"),
    path("list/findings", keeping.QualityFindings.as_view(), name="quality"),
    path("list/proposals", proposals.Proposals.as_view(), name="proposals"),
    path("list/proposals/<uuid:proposal_id>", proposals.OneProposal.as_view(), name="proposal"),
    path("list/loaded", loaded.Loaded.as_view(), name="loaded"),
    path("list/loaded/taken-back", loaded.NotLoaded.as_view(), name="not-loaded"),
    path("list/catalogue/versions/new", catalogue.NewVersion.as_view(), name="new-version"),
    path(
        "list/catalogue/versions/<str:kind>/<str:version>",
        catalogue.OneVersion.as_view(),
        name="version",
    ),
    path("list/catalogue/needs/<str:device_type>", catalogue.OneNeeds.as_view(), name="needs"),
    path("firmware", records.Records.as_view(), name="records"),
    path("firmware/<str:cpl_entry_id>", records.Record.as_view(), name="record"),
    path("compare", images.CompareImage.as_view(), name="compare-image"),
    path("list/import", sheets.ImportSheet.as_view(), name="import-sheet"),
    path("list/sheets", sheets.Sheets.as_view(), name="sheets"),
    path("list/sheets/<uuid:sheet_id>", sheets.Sheet.as_view(), name="sheet"),
    path(
        "list/sheets/<uuid:sheet_id>/faults.csv",
        sheets.SheetFaults.as_view(),
        name="sheet-faults",
    ),
    path(
        "list/sheets/<uuid:sheet_id>/changes.csv",
        sheets.SheetChanges.as_view(),
        name="sheet-changes",
    ),
    path(
        "list/sheets/<uuid:sheet_id>/corrections",
        sheet_acts.CorrectSheet.as_view(),
        name="correct-sheet",
    ),
    path("list/sheets/<uuid:sheet_id>/apply", sheet_acts.ApplySheet.as_view(), name="apply-sheet"),
    path("list/sheets/<uuid:sheet_id>/drop", sheet_acts.DropSheet.as_view(), name="drop-sheet"),
    path("contacts", contacts.Contacts.as_view(), name="contacts"),
    path("contacts/<str:manufacturer_identifier>", contacts.OneContact.as_view(), name="contact"),
    path("submissions", submissions.Submissions.as_view(), name="submissions"),
    path("submissions/sheet", release_sheets.BringReleases.as_view(), name="bring-releases"),
    path("submissions/template.csv", release_sheets.Template.as_view(), name="release-template"),
    path(
        "submissions/template.xlsx",
        release_sheets.TemplateWorkbook.as_view(),
        name="release-template-workbook",
    ),
    path(
        "submissions/sheets/<uuid:sheet_id>",
        release_sheets.OneReleaseSheet.as_view(),
        name="release-sheet",
    ),
    path(
        "submissions/sheets/<uuid:sheet_id>/faults.csv",
        release_sheets.ReleaseSheetFaults.as_view(),
        name="release-sheet-faults",
    ),
    path(
        "submissions/sheets/<uuid:sheet_id>/bring",
        release_sheets.BringGoodReleases.as_view(),
        name="bring-good-releases",
    ),
    path(
        "submissions/sheets/<uuid:sheet_id>/drop",
        release_sheets.DropReleases.as_view(),
        name="drop-releases",
    ),
    path("submissions/new", draft_start.NewSubmission.as_view(), name="new-submission"),
    path("submissions/drafts/<uuid:draft_id>", drafts.DraftTasks.as_view(), name="draft"),
    path(
        "submissions/drafts/<uuid:draft_id>/check",
        draft_check.CheckDraft.as_view(),
        name="draft-check",
    ),
    path(
        "submissions/drafts/<uuid:draft_id>/image",
        draft_images.DraftImage.as_view(),
        name="draft-image",
    ),
    path(
        "submissions/drafts/<uuid:draft_id>/picture",
        draft_pictures.DraftPicture.as_view(),
        name="draft-picture",
    ),
    path(
        "submissions/drafts/<uuid:draft_id>/drop", drafts.DropDraft.as_view(), name="drop-draft"
    ),
    path(
        "submissions/drafts/<uuid:draft_id>/<slug:section>",
        draft_sections.DraftSection.as_view(),
        name="draft-section",
    ),
    path(
        "submissions/<uuid:submission_id>", submissions.OneSubmission.as_view(), name="submission"
    ),
    path(
        "submissions/<uuid:submission_id>/decision",
        review.Decide.as_view(),
        name="decision",
    ),
    path("submissions/<uuid:submission_id>/comments", review.Say.as_view(), name="comment"),
    path(
        "submissions/<uuid:submission_id>/cancel",
        submission_acts.CancelApproval.as_view(),
        name="cancel-approval",
    ),
    path(
        "submissions/<uuid:submission_id>/waive/<str:code>",
        submission_acts.Waive.as_view(),
        name="waive-finding",
    ),
    path(
        "submissions/<uuid:submission_id>/take-back",
        submission_acts.TakeBack.as_view(),
        name="take-back",
    ),
    path("estate", estates.EstatePage.as_view(), name="estate"),
    path("estate/loads", estates.Loads.as_view(), name="loads"),
    path("estate/send", estates.SendInventory.as_view(), name="send-inventory"),
    path("estate/loads/<int:load_id>", estates.Load.as_view(), name="load"),
    path("estate/loads/<int:load_id>/notes.csv", estates.LoadNotes.as_view(), name="load-notes"),
    path("estate/loads/<int:load_id>/accept", estates.AcceptLoad.as_view(), name="accept-load"),
    path("eligibility", eligibility.Findings.as_view(), name="eligibility"),
    path("notices", notices.Notices.as_view(), name="notices"),
    path("notices/<int:notice_id>", notices.OneNotice.as_view(), name="notice"),
    path("people", people.People.as_view(), name="people"),
    path("people/invite", people.Invite.as_view(), name="invite"),
    path("people/<uuid:actor_id>", people.OnePerson.as_view(), name="person"),
    path(
        "people/invitations/<uuid:invitation_id>/withdraw",
        people.Withdraw.as_view(),
        name="withdraw-invitation",
    ),
    path("invitations/<str:token>", people.Invited.as_view(), name="invitation"),
    path("keys/new", keys.NewKey.as_view(), name="new-key"),
    path("keys/<uuid:actor_id>/revoke", keys.RevokeKey.as_view(), name="revoke-key"),
    path("account", accounts.Account.as_view(), name="account"),
    path("account/acting-for", accounts.ActingFor.as_view(), name="acting-for"),
]

# allauth's own pages, those of them that FIR offers; they are named as allauth names them.
account_urlpatterns = [
    path("account/sign-in", allauth.login, name="account_login"),
    path("account/sign-out", allauth.logout, name="account_logout"),
    path("account/inactive", allauth.account_inactive, name="account_inactive"),
    path("account/password", allauth.password_change, name="account_change_password"),
    path("account/password/forgotten", allauth.password_reset, name="account_reset_password"),
    path(
        "account/password/forgotten/sent",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    # The key holds a hyphen of its own: the number of the account ends at the first.
    re_path(
        r"^account/password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/new",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
