"""The demo world as a newcomer meets it. It is loaded once, and gone when these tests are done."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate, localtime

from cpl.sheet import read_sheet
from fir.eligibility.models import Finding
from fir.eligibility.operations import read_news
from fir.eligibility.queries import estate_by_version, findings_of, totals_of
from fir.eligibility.rules import Outcome
from fir.eligibility.summaries import tally_of
from fir.estates.models import DONE, EstateLoad
from fir.ledger.models import ReaderFault
from fir.management.demo.homes import inventory
from fir.management.demo.listing import first_sheet
from fir.management.demo.parties import (
    ADMINISTRATOR,
    DCC,
    IMPORT_ONLY,
    LARGEST,
    MANUFACTURERS,
    METERS,
    SUPPLIERS,
    all_organisations,
)
from fir.management.demo.people import PASSWORD, PEOPLE
from fir.management.demo.submissions import WAITING
from fir.notifications.models import ABOUT_SUBMISSIONS, Delivery, Notice, Subscription
from fir.parties.models import Invitation, Party
from fir.parties.permissions import MAY, Category, Permission
from fir.parties.queries import (
    actor_of_key,
    actors_of_person,
    demo_sign_ins,
    identifiers_of,
    party_of_slug,
)
from fir.parties.scopes import Scope
from fir.records.comparison import compare_list
from fir.records.contact_queries import is_unconfirmed
from fir.records.models import (
    FirmwareRecord,
    ManufacturerContact,
    Proposal,
    Recall,
    RepositoryEntry,
    SheetImport,
)
from fir.records.quality_queries import quality_findings
from fir.records.queries import contacts_of
from fir.submissions.claims import PURPOSES
from fir.submissions.judging import check_release, judge_submission
from fir.submissions.models import Decision, Draft, ReleaseSheet, Submission
from fir.submissions.sheet_queries import judge_rows, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django.plugin import DjangoDbBlocker

SAMPLES = Path(__file__).resolve().parents[2] / "data"
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def shown(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """What the command shows. The world is never committed, so that no other test meets it."""
    said = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", stdout=said, stderr=StringIO())
        yield said.getvalue()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def entries(shown: str) -> list[RepositoryEntry]:
    return list(RepositoryEntry.objects.all())


def supplier(slug: str) -> Party:
    found = party_of_slug(slug)
    assert found is not None
    return found


def test_each_key_it_shows_acts_for_the_party_named_above_it(shown: str) -> None:
    keys = re.findall(r"# (.+ of Nowhere), .+\nexport ([A-Z_]+)=(fir_\S+)", shown)

    opened = {variable: actor_of_key(key) for _, variable, key in keys}

    assert set(opened) == {
        *("MAKER", "ADMIN", "SUPPLIER", "SMALL_SUPPLIER"),
        *("NETWORK", "AGENT", "DCC"),
    }
    for name, variable, _ in keys:
        actor = opened[variable]
        assert actor is not None
        assert actor.party.name == name


def test_it_shows_how_people_sign_in_before_the_keys(shown: str) -> None:
    head, _, keys = shown.partition("export ")
    sign_ins = demo_sign_ins()

    assert settings.BASE_URL in head
    assert PASSWORD in head
    assert "@" not in keys.partition("# 1.")[0]
    for sign_in in sign_ins:
        assert f"# {sign_in.user.email} {sign_in.about}\n" in head
        assert sign_in.user.check_password(sign_in.password)
        assert sign_in.password == PASSWORD
        assert sign_in.user.email.endswith(".invalid")
    assert [sign_in.user.email for sign_in in sign_ins] == [person.email for person in PEOPLE]


def test_each_person_may_all_that_its_parties_may(shown: str) -> None:
    acting = {s.user.email: actors_of_person(s.user) for s in demo_sign_ins()}
    everybody = [actor for actors in acting.values() for actor in actors]

    assert {actor.party.category for actor in everybody} == {
        *("ADMINISTRATOR", "DEVICE_MANUFACTURER", "LARGE_SUPPLIER", "SMALL_SUPPLIER"),
        *("NETWORK_PARTY", "REGISTERED_SUPPLIER_AGENT", "DCC"),
    }
    for actor in everybody:
        may = MAY[Category(actor.party.category)]
        if not identifiers_of(actor.party):
            may -= {Permission.SUBMIT_FIRMWARE}
        assert actor.permissions == may
    assert any(actor.may(Permission.SUBMIT_FIRMWARE) for actor in everybody)
    several = [actors for actors in acting.values() if len(actors) > 1]
    slugs = [[actor.party.slug for actor in actors] for actors in several]
    assert slugs == [["boggart-electric", "pixie-power"]]


def test_nobody_of_the_demo_is_written_to(shown: str) -> None:
    people = {sign_in.user.email for sign_in in demo_sign_ins()}

    assert not Invitation.objects.exists()
    assert not Delivery.objects.exclude(invitation=None).exists()
    assert not people & set(Delivery.objects.values_list("address", flat=True))


def test_comments_are_safe_to_paste_into_any_shell(shown: str) -> None:
    comments = [line for line in shown.splitlines() if line.startswith("#")]

    assert len(comments) > len(PEOPLE)
    assert [line for line in comments if set(line[1:]) & set("'\"`()[]{}<>;&|!$*?\\~#")] == []
    starts = ("# ", "export ", "curl ", "ID=$(", "ENTRY=$(")
    assert [line for line in shown.splitlines() if line and not line.startswith(starts)] == []


def test_every_organisation_is_plainly_invented() -> None:
    for organisation in all_organisations():
        assert organisation.name.endswith(" of Nowhere")
        assert organisation.mailbox("any").endswith(".invalid")


def test_there_is_a_party_of_every_kind_that_matters(shown: str) -> None:
    assert Counter(Party.objects.values_list("category", flat=True)) == {
        "ADMINISTRATOR": 1,
        "DEVICE_MANUFACTURER": 3,
        "LARGE_SUPPLIER": 4,
        "SMALL_SUPPLIER": 3,
        "NETWORK_PARTY": 1,
        "REGISTERED_SUPPLIER_AGENT": 1,
        "DCC": 1,
    }
    assert Subscription.objects.values("party").distinct().count() == len(SUPPLIERS)
    cards = ManufacturerContact.objects.values_list("manufacturer__identifier", flat=True)
    assert set(cards) == {i for maker in MANUFACTURERS for i in maker.identifiers}


def test_one_makers_contact_has_not_been_confirmed_for_two_months(shown: str) -> None:
    contacts = contacts_of([i for maker in MANUFACTURERS for i in maker.identifiers])

    days = {i: contact.confirmed_on for i, contact in contacts.items()}
    assert [i for i, day in days.items() if is_unconfirmed(day, TODAY)] == ["F0A2"]
    assert days["F0A2"] is not None
    assert timedelta(days=62) <= TODAY - days["F0A2"] <= timedelta(days=70)
    notice = Notice.objects.get(kind="CONTACT_UNCONFIRMED")
    assert (notice.party.slug, notice.subject_id) == (METERS.slug, "F0A2")


def test_the_list_has_the_shape_of_a_real_one(entries: list[RepositoryEntry]) -> None:
    versions = Counter((e.device_type, e.device_model) for e in entries)
    lapse = [e.cpa_expiry_date or e.cpa_renewal_date for e in entries if e.status == "CURRENT"]
    hubs = [e for e in entries if e.device_type == "CHF"]

    assert 190 <= len(entries) <= 215
    assert 38 <= len(versions) <= 45
    assert {kind for kind, _ in versions} == {"ESME", "GSME", "CHF", "PPMID", "HCALCS"}
    assert 2 <= min(versions.values()) <= max(versions.values()) <= 9
    assert {e.pathway for e in entries} == {"NAMED", "NONE", "UNKNOWN"}
    assert {e.status for e in entries} == {"CURRENT", "REMOVED"}
    assert {e.carries_updates for e in hubs} == {True, False, None}
    assert any(day and TODAY <= day <= TODAY + timedelta(days=90) for day in lapse)


def test_a_family_shares_its_image(entries: list[RepositoryEntry]) -> None:
    hardware: dict[str, set[str]] = {}
    families: dict[str, set[tuple[str, str]]] = {}
    for entry in entries:
        image = entry.manufacturer_image_hash
        hardware.setdefault(image, set()).add(entry.device_model)
        families.setdefault(image, set()).add((entry.device_type, entry.device_model[:4]))

    assert max(len(models) for models in hardware.values()) > 1
    assert all(len(of) == 1 for of in families.values())


def test_the_queue_holds_something_of_every_kind_to_decide(shown: str) -> None:
    waiting = Submission.objects.filter(state="SUBMITTED")

    assert Counter(waiting.values_list("kind", flat=True)) == {
        "NEW": 3,
        "LEGACY_COMPLETION": 1,
        "WITHDRAWAL": 1,
    }
    assert waiting.count() == WAITING
    assert f"in which {WAITING} others wait" in shown
    for submission in waiting:
        assert judge_submission(submission, today=localdate()).faults == []


def test_a_release_is_approved_for_tomorrow_at_nine_in_london(shown: str) -> None:
    submission = Submission.objects.get(state="APPROVED")

    assert submission.publish_at is not None
    due = localtime(submission.publish_at)
    assert (due.hour, due.minute) == (9, 0)
    assert timedelta(0) < due.date() - localdate(submission.submitted_at) <= timedelta(days=2)
    assert submission.publish_at > timezone.now()


def test_one_came_back_after_a_talk_and_was_brought_again(shown: str) -> None:
    returned = Submission.objects.get(state="RETURNED")
    again = Submission.objects.get(replaces=returned)
    comments = list(returned.comments.order_by("id").select_related("party"))

    assert Decision.objects.get(submission=returned).reason
    assert (again.state, again.party.slug) == ("SUBMITTED", METERS.slug)
    assert (returned.gbcs_version, again.gbcs_version) == ("4.2", "4.1")
    assert [one.party.category for one in comments] == ["ADMINISTRATOR", "DEVICE_MANUFACTURER"]


def test_what_is_published_about_listed_entries_is_one_of_each_kind(shown: str) -> None:
    about = Submission.objects.filter(state="PUBLISHED").exclude(kind="NEW")
    corrected = FirmwareRecord.objects.exclude(supersedes=None).get()
    completed = about.get(kind="LEGACY_COMPLETION")

    assert Counter(about.values_list("kind", flat=True)) == {
        "CORRECTION": 1,
        "LEGACY_COMPLETION": 1,
        "RECALL_LIFT": 1,
    }
    assert corrected.reason
    assert corrected.supersedes is not None
    assert corrected.release_notes != corrected.supersedes.release_notes
    assert RepositoryEntry.objects.get(cpl_entry_id=completed.of_entry).pathway == "NAMED"


def test_a_release_is_archived_one_is_recalled_and_the_recall_of_one_was_lifted(
    entries: list[RepositoryEntry],
) -> None:
    (archived,) = (e for e in entries if e.archived_at)
    (recalled,) = (e for e in entries if e.recalled_at)
    (lifted,) = Submission.objects.filter(kind="RECALL_LIFT")
    of_lifted = Recall.objects.filter(entry__cpl_entry_id=lifted.of_entry).order_by("pk")

    assert archived.archive_cause == "END_OF_SUPPORT"
    assert recalled.manufacturer_identifier in {"F0A1", "F0A2"}
    assert [one.state for one in of_lifted] == ["RECALLED", "LIFTED"]
    assert (
        Notice.objects.filter(kind="FIRMWARE_RECALLED").values("subject_id").distinct().count() == 2
    )


def test_one_release_was_brought_for_all_its_hardware_at_once(shown: str) -> None:
    together = Submission.objects.exclude(further_device_models=[]).get()

    assert len(together.cpl_entry_ids) == len(together.device_models) == 3
    listed = RepositoryEntry.objects.filter(cpl_entry_id__in=together.cpl_entry_ids)
    assert {entry.device_model for entry in listed} == set(together.device_models)


def test_the_manufacturer_is_writing_a_release_that_could_be_brought_and_one_half_way(
    shown: str,
) -> None:
    faults = []
    for draft in Draft.objects.filter(sheet=None).select_related("party"):
        assert draft.party.slug == METERS.slug
        _, judged = check_release({**draft.said, "kind": draft.kind}, today=TODAY)
        faults.append({fault.code for fault in judged.faults})

    assert faults.count(set()) == 1
    assert len(faults) == 2
    assert any("FIELD_MISSING" in codes for codes in faults)


def test_a_sheet_of_releases_has_rows_to_bring_and_one_to_mend(shown: str) -> None:
    sheet = ReleaseSheet.objects.select_related("party").get()
    rows = judge_rows(list(rows_of(sheet)), party=sheet.party, today=TODAY)

    assert sheet.party.slug == METERS.slug
    codes = [{fault.code for fault in row.faults} for row in rows]
    assert codes == [set(), set(), set(), {"WRONG_LENGTH"}]


def test_newer_releases_say_more_than_their_line_and_old_ones_do_not(shown: str) -> None:
    records = list(FirmwareRecord.objects.select_related("entry").filter(firmwarerecord=None))
    new = [one for one in records if one.image_size is not None]
    old = [one for one in records if one.image_size is None]

    assert min(len(new), len(old)) > 10
    assert {purpose for one in new for purpose in one.purposes} == set(PURPOSES)
    assert all(one.minimum_hardware_version and one.release_notes for one in new)
    assert any(one.end_of_support for one in new)
    assert any(one.activation_advice for one in new)
    assert {one.security_relevant for one in new} == {True, False}
    assert all(not one.purposes for one in old)


def test_whoever_deals_with_submissions_was_told_at_the_time(shown: str) -> None:
    of_submissions = Notice.objects.filter(kind__in=ABOUT_SUBMISSIONS).select_related("party")
    by_kind: dict[str, set[str]] = {}
    for notice in of_submissions:
        by_kind.setdefault(notice.kind, set()).add(notice.party.slug)

    makers = {maker.slug for maker in MANUFACTURERS}
    assert by_kind == {
        "SUBMISSION_RECEIVED": {ADMINISTRATOR.slug},
        "SUBMISSION_APPROVED": makers,
        "SUBMISSION_COMMENTED": {ADMINISTRATOR.slug, METERS.slug},
        "SUBMISSION_RETURNED": {METERS.slug},
    }
    days = {notice.raised_at.date() for notice in of_submissions}
    assert len(days) > 20


def test_estates_are_loaded_with_few_bad_rows(shown: str) -> None:
    loads = list(EstateLoad.objects.all())

    assert [load.state for load in loads] == [DONE] * len(SUPPLIERS)
    assert 40_000 <= sum(load.devices for load in loads) <= 60_000
    assert all(0 < load.rows_bad < load.rows_read / 100 for load in loads)


def test_most_devices_run_the_latest_release_or_the_one_before(shown: str) -> None:
    for organisation in SUPPLIERS:
        places: Counter[str] = Counter()
        for counted in estate_by_version(Scope(supplier(organisation.slug))):
            if counted.device_type != "GPF":
                places[counted.position] += counted.devices
        listed = places.total() - places["UNLISTED"]
        assert places["UNLISTED"] > 0
        assert 0.88 <= (places["N"] + places["N-1"]) / listed <= 0.97


def test_every_outcome_and_reason_occurs(shown: str) -> None:
    largest = findings_of(Scope(supplier(LARGEST.slug)))
    everybody = Finding.objects.filter(target_is_latest=True)
    warnings = {code for codes in everybody.values_list("warnings", flat=True) for code in codes}

    assert all(totals_of(largest)[outcome] for outcome in Outcome)
    assert set(tally_of(everybody).reasons) == {
        "CERTIFICATE_LAPSED",
        "ENTRY_AMBIGUOUS",
        "HUB_CAPABILITY_UNKNOWN",
        "HUB_TOO_OLD",
        "NOT_A_PREDECESSOR",
        "NOT_RESPONSIBLE",
        "NO_CURRENT_ENTRY",
        "NO_OTA_ROUTE",
        "PATHWAY_UNKNOWN",
        "RECALLED",
        "ROUTE_THROUGH_REMOVED",
        "STATUS_FORBIDS",
    }
    assert warnings == {"DEVICE_SUSPENDED", "NOT_COMMISSIONED", "NOT_LOADED_BY_DCC"}


def test_a_route_through_what_was_removed_leaves_the_question_open(shown: str) -> None:
    findings = Finding.objects.filter(reasons__contains=["ROUTE_THROUGH_REMOVED"])
    outcomes = set(findings.values_list("outcome", flat=True))

    assert Outcome.UNCONFIRMED in outcomes
    assert outcomes <= {Outcome.UNCONFIRMED, Outcome.BLOCKED}


def test_gas_meters_are_not_for_an_import_supplier(shown: str) -> None:
    findings = findings_of(Scope(supplier(IMPORT_ONLY.slug)), device_type="GSME")
    outcomes = set(findings.values_list("outcome", flat=True))

    assert outcomes == {Outcome.UP_TO_DATE, Outcome.BLOCKED, Outcome.NOT_LISTED}
    assert "NOT_RESPONSIBLE" in tally_of(findings).reasons


def test_only_the_newest_releases_are_told(shown: str) -> None:
    releases = Notice.objects.filter(kind="FIRMWARE_PUBLISHED")
    certificates = Notice.objects.filter(kind__startswith="CERTIFICATE_")
    kinds = set(Notice.objects.values_list("kind", flat=True))

    assert 1 <= releases.values("seq").distinct().count() <= 2
    assert kinds - ABOUT_SUBMISSIONS == {
        "FIRMWARE_PUBLISHED",
        "FIRMWARE_SUPERSEDED",
        "PATHWAY_COMPLETED",
        "FIRMWARE_RECALLED",
        "RECALL_LIFTED",
        "FIRMWARE_ARCHIVED",
        "CERTIFICATE_DUE",
        "CERTIFICATE_LAPSED",
        "CONTACT_UNCONFIRMED",
    }
    told = Counter(certificates.values_list("party__slug", flat=True))
    assert set(told) >= {LARGEST.slug, METERS.slug, DCC.slug}
    assert max(told.values()) <= 6
    assert not ReaderFault.objects.exists()


def test_the_list_waits_for_a_second_person(shown: str) -> None:
    waiver, archival, removal = Proposal.objects.order_by("proposed_at")
    (sheet,) = SheetImport.objects.all()
    rows = read_sheet(bytes(sheet.content))
    outcome = compare_list(rows.rows, today=TODAY)

    assert (waiver.kind, waiver.state) == ("WAIVE", "CONFIRMED")
    assert (archival.kind, archival.state) == ("ARCHIVE", "CONFIRMED")
    assert (removal.kind, removal.state) == ("REMOVE", "WAITING")
    assert (rows.faults, outcome.conflicts) == ((), [])
    assert (len(outcome.removed), len(outcome.revised)) == (1, 1)
    for done in (waiver, archival):
        assert len({done.proposed_answerable, done.decided_answerable}) == 2


def test_the_rules_find_something_of_either_weight_in_the_list(shown: str) -> None:
    found = {f.code: f.severity for f in quality_findings(waived=False)}

    assert found == {
        "TWO_HASHES": "MUST_FIX",
        "CERTIFICATE_LAPSED": "MUST_FIX",
        "GBCS_UNKNOWN": "WAIVABLE",
    }
    assert quality_findings(waived=True).count() == 1


def test_only_the_newest_releases_are_not_loaded_by_the_dcc(
    entries: list[RepositoryEntry],
) -> None:
    unloaded = [e.date_added for e in entries if e.loaded_on is None and e.record_id]

    assert unloaded
    assert min(unloaded) >= TODAY - timedelta(days=3)


def test_the_ledger_is_whole(shown: str) -> None:
    said = StringIO()
    call_command("verify_ledger", stdout=said)
    assert "whole" in said.getvalue()


def test_the_walkthrough_leads_to_devices_that_may_take_the_release(
    shown: str, client: Client
) -> None:
    keys = dict(re.findall(r"export ([A-Z_]+)=(\S+)", shown))
    headers = {who: {"authorization": f"Bearer {keys[who]}"} for who in ("MAKER", "ADMIN")}
    said, decision = (json.loads(text) for text in re.findall(r" -d '(.+?)'", shown))

    def post(who: str, path: str, body: Any) -> Any:
        answer = client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers=headers[who]
        )
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    with transaction.atomic():
        brought = post("MAKER", "submissions", said)
        approved = post("ADMIN", f"submissions/{brought['id']}/decision", decision)
        read_news(at=timezone.now())
        target = approved["cpl_entry_id"]
        totals = totals_of(findings_of(Scope(supplier(LARGEST.slug)), target=target))
        transaction.set_rollback(True)

    assert totals["ELIGIBLE"] > 100
    assert totals["ELIGIBLE_IN_STEPS"] > 100


def test_every_time_the_same_world() -> None:
    today = date(2026, 11, 20)

    assert first_sheet(today=today) == first_sheet(today=today)
    assert list(inventory(IMPORT_ONLY)) == list(inventory(IMPORT_ONLY))


def test_nothing_of_the_sample_data_is_in_it(entries: list[RepositoryEntry]) -> None:
    taken = set(re.findall(r">([^<>\s]+)<", (SAMPLES / "read-inventory-response.xml").read_text()))
    with (SAMPLES / "cpl-sample.csv").open() as sheet:
        for row in csv.DictReader(sheet):
            taken |= {row["manufacturer_identifier"], row["device_model"], row["firmware_version"]}
            taken |= {row["cpl_entry_id"], row["manufacturer_image_hash"]}
    ids = [device_id for s in SUPPLIERS for device_id in device_ids(s.slug)]

    used = {entry.manufacturer_identifier for entry in entries}
    used |= {entry.device_model for entry in entries} | {entry.cpl_entry_id for entry in entries}
    used |= {entry.firmware_version for entry in entries}
    used |= {entry.manufacturer_image_hash for entry in entries}

    assert not taken & (used | set(ids))
    assert all(int(device_id[:2], 16) & 0b11 == 0b10 for device_id in ids)


def device_ids(slug: str) -> list[str]:
    organisation = next(s for s in SUPPLIERS if s.slug == slug)
    rows = b"".join(inventory(organisation)).decode().splitlines()[1:]
    return [row.split(",")[0] for row in rows]
