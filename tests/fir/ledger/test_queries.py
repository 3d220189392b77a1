"""The feed shows each Party what it may read and lets everybody check the whole."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
import pytest
import rfc8785
from django.db import InternalError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from fir.ledger.audiences import RECORD_READERS, tags_of
from fir.ledger.models import Bookmark, ReaderFault
from fir.ledger.queries import (
    check_ledger,
    feed_page,
    last_seq,
    last_seq_visible,
    newest_seq_of,
    reader_faults,
    seq_read_by,
    snapshot,
    was_set_aside,
)
from fir.ledger.rules import leaf_hash
from fir.ledger.tree import Tree
from fir.parties.permissions import Category
from tests import make
from tests.cloning import url_of
from tests.fir.ledger.events import (
    appended,
    for_everyone,
    for_one_party,
    for_record_readers,
    for_the_administrator,
    tamper,
)

if TYPE_CHECKING:
    from fir.ledger.operations import NewEvent

OPEN_FIELDS = {
    "seq", "id", "kind", "at", "by", "subject_type", "subject_id", "payload", "leaf_hash",
}  # fmt: skip
SUPPLIER = tags_of(slug="big-light", category="LARGE_SUPPLIER")
STRANGER = tags_of(slug="somebody", category="OTHER_SEC_PARTY")


def feed(tags: list[str], after: int = 0, limit: int = 1000) -> list[dict[str, Any]]:
    page = feed_page(after=after, limit=limit, head=last_seq(), tags=tags)
    events: list[dict[str, Any]] = json.loads(page.events)
    return events


def readable(event: NewEvent, slug: str, category: str) -> bool:
    """Whether a Party reads an event, as its feed shows."""
    with transaction.atomic():
        (appended_event,) = appended(event)
        tags = tags_of(slug=slug, category=category)
        (shown,) = feed(tags, after=appended_event.seq - 1)
        transaction.set_rollback(True)
    return "payload" in shown


@pytest.mark.django_db
def test_an_event_for_somebody_else_shows_its_number_and_leaf_hash_alone() -> None:
    appended(for_everyone(), for_one_party("big-light"), for_record_readers())

    shown = feed(STRANGER)

    assert [event["seq"] for event in shown] == [1, 2, 3]
    assert [set(event) for event in shown] == [
        OPEN_FIELDS,
        {"seq", "leaf_hash"},
        {"seq", "leaf_hash"},
    ]


@pytest.mark.django_db
def test_whoever_reads_little_sees_the_same_leaf_hashes_as_whoever_reads_all() -> None:
    appended(for_everyone(), for_one_party("big-light"), for_record_readers())

    little = [event["leaf_hash"] for event in feed(STRANGER)]

    assert little == [event["leaf_hash"] for event in feed(SUPPLIER)]
    assert Tree().grown(little).root == check_ledger().root


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_an_event_for_everyone_is_read_by_every_category(category: Category) -> None:
    assert readable(for_everyone(), "anybody", category)


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_an_event_about_records_is_read_by_the_categories_that_read_records(
    category: Category,
) -> None:
    assert readable(for_record_readers(), "anybody", category) == (category in RECORD_READERS)


@pytest.mark.django_db
def test_an_event_about_records_is_read_by_the_makers_that_it_names() -> None:
    event = for_record_readers(parties=["fine-meters"])

    assert readable(event, "fine-meters", "DEVICE_MANUFACTURER")
    assert not readable(event, "other-meters", "DEVICE_MANUFACTURER")


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_an_event_for_the_administrator_is_read_by_no_other_category(category: Category) -> None:
    event = for_the_administrator("big-light")

    assert readable(event, "anybody", category) == (category == Category.ADMINISTRATOR)
    assert readable(event, "big-light", category)


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_an_event_for_one_party_is_read_by_it_alone(category: Category) -> None:
    event = for_one_party("big-light")

    assert readable(event, "big-light", category)
    assert not readable(event, "anybody", category)
    assert not readable(event, "big-light-2", category)


@pytest.mark.django_db
def test_a_page_is_as_long_as_asked_and_says_where_to_go_on() -> None:
    appended(*[for_everyone()] * 5)

    pages = [feed_page(after=n, limit=2, head=5, tags=STRANGER) for n in (0, 2, 4, 5)]

    assert [[e["seq"] for e in json.loads(page.events)] for page in pages] == [
        [1, 2],
        [3, 4],
        [5],
        [],
    ]
    assert [page.next_after for page in pages] == [2, 4, 5, 5]


@pytest.mark.django_db
def test_a_page_shows_nothing_behind_the_head_it_is_asked_for() -> None:
    appended(*[for_everyone()] * 5)

    page = feed_page(after=0, limit=10, head=3, tags=STRANGER)

    assert [event["seq"] for event in json.loads(page.events)] == [1, 2, 3]
    assert page.next_after == 3


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(reason=st.text())
def test_what_is_served_is_byte_for_byte_what_was_hashed(reason: str) -> None:
    with transaction.atomic():
        (event,) = appended(for_everyone(reason))
        served = feed_page(after=0, limit=1, head=1, tags=STRANGER).events
        transaction.set_rollback(True)

    body = json.loads(served)[0]
    claimed = body.pop("leaf_hash")
    hashed = rfc8785.dumps(body)
    assert hashlib.sha256(b"\x00" + hashed).hexdigest() == claimed == event.leaf_hash
    assert served == f'[{hashed.decode()[:-1]},"leaf_hash":"{claimed}"}}]'
    assert body["payload"]["reason"] == reason


@pytest.mark.django_db
def test_the_newest_visible_number_is_that_of_an_event_that_may_be_read() -> None:
    appended(for_everyone(), for_record_readers(), for_one_party("small-gas"))

    assert last_seq() == 3
    assert last_seq_visible(STRANGER) == 1
    assert last_seq_visible(SUPPLIER) == 2
    assert last_seq_visible(tags_of(slug="small-gas", category="SMALL_SUPPLIER")) == 3
    assert newest_seq_of(["ESTATE_LOADED"], SUPPLIER) == 0
    assert newest_seq_of(["CPL_ENTRY_REMOVED", "ESTATE_LOADED"], SUPPLIER) == 1


@pytest.mark.django_db
def test_an_event_is_set_aside_for_those_who_may_read_it_and_for_one_reader() -> None:
    appended(for_everyone(), for_record_readers(), for_one_party("small-gas"))
    small = tags_of(slug="small-gas", category="SMALL_SUPPLIER")
    assert not was_set_aside("eligibility", small)

    ReaderFault.objects.create(reader="eligibility", seq=3, error="odd", failed_at=make.AT)

    assert was_set_aside("eligibility", small)
    assert not was_set_aside("eligibility", SUPPLIER)
    assert not was_set_aside("notifications", small)

    ReaderFault.objects.create(reader="eligibility", seq=2, error="odd", failed_at=make.AT)

    assert was_set_aside("eligibility", SUPPLIER)
    assert not was_set_aside("eligibility", STRANGER)
    assert {fault.seq for fault in reader_faults()} == {2, 3}


def commit_elsewhere(reader: str, seq: int) -> None:
    """Move a bookmark in another process's transaction, committed when this returns."""
    with psycopg.connect(url_of("DATABASE_URL", connection.settings_dict["NAME"])) as other:
        other.execute("UPDATE ledger_bookmark SET seq = %s WHERE reader = %s", [seq, reader])


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_shows_one_state_whatever_is_committed_meanwhile() -> None:
    Bookmark.objects.create(reader="test", seq=1)

    with snapshot():
        first = seq_read_by("test")
        commit_elsewhere("test", 2)
        second = seq_read_by("test")

    assert (first, second, seq_read_by("test")) == (1, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_inside_a_snapshot_and_everything_after_it() -> None:
    with pytest.raises(InternalError, match="read-only"), snapshot():
        Bookmark.objects.create(reader="test", seq=1)
    assert not Bookmark.objects.exists()

    Bookmark.objects.create(reader="test", seq=1)
    with transaction.atomic():
        first = seq_read_by("test")
        commit_elsewhere("test", 2)
        second = seq_read_by("test")  # a transaction sees what others commit, as ever

    assert (first, second) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_inside_an_operation_a_snapshot_is_the_operations_own_transaction() -> None:
    with transaction.atomic():
        Bookmark.objects.create(reader="test", seq=1)
        with snapshot():
            assert seq_read_by("test") == 1
        Bookmark.objects.create(reader="other", seq=1)

    assert Bookmark.objects.count() == 2


@pytest.mark.django_db
def test_an_empty_ledger_is_whole() -> None:
    check = check_ledger()

    assert (check.size, check.fault) == (0, "")
    assert check.root == hashlib.sha256(b"").hexdigest()


@pytest.mark.django_db
def test_a_whole_ledger_is_checked_to_the_root_that_anybody_computes() -> None:
    events = appended(for_everyone(), for_one_party("big-light"), for_record_readers())

    check = check_ledger()

    assert (check.size, check.fault) == (3, "")
    assert check.root == Tree().grown(leaf_hash(event.canonical) for event in events).root


def fault_after(*statements: LiteralString) -> str:
    """What the check says of a ledger of four events after somebody's hand was at it."""
    appended(*[for_record_readers()] * 4)
    assert check_ledger().fault == ""
    tamper(*statements)
    return check_ledger().fault


BYTE = "UPDATE ledger_ledgerevent SET canonical = replace(canonical, 'F1A1', 'F1A2') WHERE seq = 2"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        BYTE,
        "UPDATE ledger_ledgerevent SET canonical = canonical || ' ' WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET leaf_hash = repeat('0', 64) WHERE seq = 2",
    ],
)
def test_a_changed_byte_is_found_and_its_event_named(statement: LiteralString) -> None:
    fault = fault_after(statement)

    assert fault.startswith("seq 2 (CONTACT_CHANGED)")
    assert "leaf hash" in fault


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_missing_event_is_found_and_its_number_named(seq: int) -> None:
    statements: dict[int, LiteralString] = {
        1: "DELETE FROM ledger_ledgerevent WHERE seq = 1",
        2: "DELETE FROM ledger_ledgerevent WHERE seq = 2",
        3: "DELETE FROM ledger_ledgerevent WHERE seq = 3",
    }

    fault = fault_after(statements[seq])

    assert fault.startswith(f"seq {seq} is missing")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_ledgerevent SET id = gen_random_uuid() WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET kind = 'CPL_ENTRY_LISTED' WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET at = at + interval '1 microsecond' WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET by_party = 'somebody' WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET by_actor = gen_random_uuid() WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET subject_type = 'party' WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET subject_id = 'F1A2' WHERE seq = 2",
    ],
)
def test_a_changed_column_is_found_and_its_event_named(statement: LiteralString) -> None:
    fault = fault_after(statement)

    assert fault.startswith("seq 2 ")
    assert "columns differ" in fault


@pytest.mark.django_db(transaction=True)
def test_closing_a_gap_by_new_numbers_is_found() -> None:
    fault = fault_after(
        "DELETE FROM ledger_ledgerevent WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET seq = 2 WHERE seq = 3",
        "UPDATE ledger_ledgerevent SET seq = 3 WHERE seq = 4",
    )

    assert fault.startswith("seq 2 ")
    assert "columns differ" in fault


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["no JSON", "{}", "[]", '{"payload":1.5e999}'])
def test_a_text_that_is_no_event_is_found_though_its_hash_was_made_to_fit(text: str) -> None:
    forged: dict[str, LiteralString] = {
        "no JSON": "'no JSON'",
        "{}": "'{}'",
        "[]": "'[]'",
        '{"payload":1.5e999}': "'{\"payload\":1.5e999}'",
    }

    fault = fault_after(
        "UPDATE ledger_ledgerevent SET canonical = " + forged[text] + " WHERE seq = 2",
        "UPDATE ledger_ledgerevent SET leaf_hash ="
        " encode(sha256('\\x00'::bytea || convert_to(canonical, 'UTF8')), 'hex') WHERE seq = 2",
    )

    assert fault.startswith("seq 2 ")


@pytest.mark.django_db(transaction=True)
def test_the_first_of_several_faults_is_named_and_the_whole_part_before_it_told() -> None:
    appended(*[for_record_readers()] * 4)
    tamper(
        "DELETE FROM ledger_ledgerevent WHERE seq = 4",
        "UPDATE ledger_ledgerevent SET by_party = 'somebody' WHERE seq IN (2, 3)",
    )

    check = check_ledger()

    assert check.size == 1
    assert check.fault.startswith("seq 2 ")
