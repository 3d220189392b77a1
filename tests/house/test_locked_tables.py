"""Locked means locked: to the application by permission, to the owner by the trigger."""

import os
import re
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg.sql import SQL, Identifier

from fir.ledger.models import LedgerEvent
from fir.management.grants import CHANGING, LOCKED, OPEN, PRIVILEGES, READ_ONLY
from tests.fir.ledger.events import appended, for_everyone

ATTACKS = {
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table}",
    "TRUNCATE CASCADE": "TRUNCATE {table} CASCADE",
    "CHANGED KEY": "UPDATE {table} SET {key} = NULL",
    "WRITTEN OVER": "INSERT INTO {table} SELECT * FROM {table}"
    " ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}",
    "MERGED AWAY": "MERGE INTO {table} AS t USING {table} AS s ON t.{key} = s.{key}"
    " WHEN MATCHED THEN DELETE",
    # What puts django-pgtrigger's triggers to sleep, and any client may set.
    "IGNORED TRIGGER": "SET pgtrigger.ignore = '{{{trigger}}}';"
    " UPDATE {table} SET {column} = {column}",
}
ATTACKS_ON_THE_GUARD = {
    "DISABLE TRIGGER": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP": "DROP TABLE {table}",
    "DROP TRIGGER": "DROP TRIGGER {trigger} ON {table}",
    "REPLICA ROLE": "SET session_replication_role = replica",
    "REPLACE FUNCTION": "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger"
    " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE": "CREATE TABLE public.elsewhere (x int)",
    "CREATE SCHEMA": "CREATE SCHEMA elsewhere",
    "CREATE FUNCTION": "CREATE FUNCTION public.elsewhere() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TRIGGER": "CREATE TRIGGER elsewhere BEFORE INSERT ON {table}"
    " EXECUTE FUNCTION refuse_change()",
    "CREATE RULE": "CREATE RULE elsewhere AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "RENAME": "ALTER TABLE {table} RENAME TO elsewhere",
    "MOVE": "ALTER TABLE {table} SET SCHEMA loads",
    "OWN": "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "GRANT": "GRANT UPDATE ON {table} TO CURRENT_USER; UPDATE {table} SET {column} = {column}",
    "SET ROLE": "SET ROLE {owner}",
    "COPY FROM A FILE": "COPY {table} FROM '/dev/null'",
    "COPY FROM A PROGRAM": "COPY {table} FROM PROGRAM 'true'",
}


def attempt(url: str, attack: str, table: str) -> psycopg.Error:
    """What PostgreSQL answers to an attack; fails the test if it answers nothing."""
    with psycopg.connect(url) as held:
        column = held.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " ORDER BY ordinal_position LIMIT 1",
            [table],
        ).fetchone()
        assert column, f"{table} does not exist"
        key = held.execute(
            "SELECT attname FROM pg_attribute JOIN pg_index ON attrelid = indrelid"
            " WHERE indrelid = %s::regclass AND indisprimary AND attnum = ANY (indkey)",
            [table],
        ).fetchone()
        assert key
        statement = SQL(attack).format(
            table=Identifier(table),
            column=Identifier(column[0]),
            key=Identifier(key[0]),
            trigger=Identifier(f"{table}_is_locked"),
            owner=Identifier(urlsplit(os.environ["DATABASE_OWNER_URL"]).username or ""),
        )
        with pytest.raises(psycopg.Error) as refusal:
            held.execute(statement)
        held.rollback()
    return refusal.value


@pytest.mark.django_db
@pytest.mark.parametrize("table", LOCKED)
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_application_role_has_no_right_to_change_what_is_locked(
    attack: str, table: str
) -> None:
    refusal = attempt(os.environ["DATABASE_URL"], ATTACKS[attack], table)

    assert isinstance(refusal, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db
@pytest.mark.parametrize("table", LOCKED)
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_trigger_refuses_the_owner(attack: str, table: str) -> None:
    refusal = attempt(os.environ["DATABASE_OWNER_URL"], ATTACKS[attack], table)

    if attack == "TRUNCATE" and isinstance(refusal, psycopg.errors.FeatureNotSupported):
        assert "foreign key" in str(refusal)  # refused before the trigger is asked
    else:
        assert isinstance(refusal, psycopg.errors.RestrictViolation)
        assert "is locked" in str(refusal)


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS_ON_THE_GUARD)
def test_the_application_role_cannot_get_past_the_guard(attack: str) -> None:
    refusal = attempt(
        os.environ["DATABASE_URL"], ATTACKS_ON_THE_GUARD[attack], "ledger_ledgerevent"
    )

    assert isinstance(refusal, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("variable", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_what_is_copied_over_a_locked_table_replaces_nothing(variable: str) -> None:
    before = appended(for_everyone())

    with psycopg.connect(os.environ[variable]) as held:
        with held.cursor().copy("COPY ledger_ledgerevent TO STDOUT") as out:
            rows_out = b"".join(out)
        forged = rows_out.replace(b"Withdrawn.", b"Withheld!!")
        assert forged != rows_out
        with (
            pytest.raises(psycopg.errors.UniqueViolation),
            held.cursor().copy("COPY ledger_ledgerevent FROM STDIN") as back,
        ):
            back.write(forged)
        held.rollback()

    assert [event.canonical for event in LedgerEvent.objects.all()] == [
        event.canonical for event in before
    ]


def test_every_table_is_declared_locked_open_or_read_only_and_only_once() -> None:
    declared = [*LOCKED, *OPEN, *READ_ONLY, *CHANGING]
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {
        "django_migrations",
        settings.CACHES["default"]["LOCATION"],
    }

    assert sorted(declared) == sorted(set(declared))
    assert set(declared) == tables


# Every grant as PostgreSQL itself keeps it: in information_schema, a grant on a column cannot be
# told from one on its table, and nobody sees what another role holds.
GRANTS_ON_RELATIONS = """
    SELECT c.relkind = 'S', n.nspname, c.relname,
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee) END,
        acl.privilege_type, acl.is_grantable
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS acl
    WHERE n.nspname IN ('public', 'loads') AND acl.grantee <> c.relowner
"""
GRANTS_ON_COLUMNS = """
    SELECT n.nspname, c.relname,
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee) END,
        acl.privilege_type, a.attname, acl.is_grantable
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid, aclexplode(a.attacl) AS acl
    WHERE n.nspname IN ('public', 'loads') AND acl.grantee <> c.relowner
"""
ON_COLUMNS = re.compile(r"([A-Z]+) \((.+)\)")


def rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_the_application_role_holds_the_listed_grants_and_none_beyond() -> None:
    ((application,),) = rows("SELECT current_user")
    on_tables, on_columns = set(), set()
    for table, privileges in PRIVILEGES.items():
        for privilege in privileges:
            if some := ON_COLUMNS.fullmatch(privilege):
                on_columns |= {(table, some[1], column) for column in some[2].split(", ")}
            else:
                on_tables.add((table, privilege))

    # Nobody but the application holds any, PUBLIC least of all, and it hands none on.
    relations = rows(GRANTS_ON_RELATIONS)
    assert {row[1:] for row in relations if not row[0]} == {
        ("public", table, application, privilege, False) for table, privilege in on_tables
    }
    assert set(rows(GRANTS_ON_COLUMNS)) == {
        ("public", table, application, privilege, column, False)
        for table, privilege, column in on_columns
    }
    sequences = rows("SELECT relname FROM pg_class WHERE relkind = 'S'")
    assert sequences
    assert {row[1:] for row in relations if row[0]} == {
        ("public", name, application, privilege, False)
        for (name,) in sequences
        for privilege in ("USAGE", "SELECT")
    }
    assert on_columns == {
        (table, "UPDATE", column) for table, columns in CHANGING.items() for column in columns
    }


@pytest.mark.django_db
def test_the_application_role_is_a_member_of_no_other_role() -> None:
    assert rows("SELECT roleid FROM pg_auth_members WHERE member = current_user::regrole") == []


@pytest.mark.django_db
def test_what_was_brought_cannot_be_altered_by_the_application() -> None:
    for column in ("submitted_answerable", "manufacturer_image_hash", "party_id"):
        refusal = attempt(
            os.environ["DATABASE_URL"],
            f"UPDATE {{table}} SET {column} = {column}",
            "submissions_submission",
        )
        assert isinstance(refusal, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db
def test_the_application_role_owns_nothing_and_may_create_in_loads_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
            " WHERE rolname = current_user"
        )
        owned = cursor.fetchone()[0]
        cursor.execute(
            "SELECT nspname FROM pg_namespace"
            " WHERE has_schema_privilege(oid, 'CREATE') AND nspname !~ '^pg_'"
        )
        creatable = [row[0] for row in cursor.fetchall()]

    assert owned == 0
    assert creatable == ["loads"]
