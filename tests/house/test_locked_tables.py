"""Locked means locked: to the application by permission, to the owner by the trigger."""

import os

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from psycopg.sql import SQL, Identifier

from fir.management.grants import CHANGING, LOCKED, OPEN, PRIVILEGES, READ_ONLY

ATTACKS = {
    "UPDATE": "UPDATE {table} SET {column} = {column}",
    "DELETE": "DELETE FROM {table}",
    "TRUNCATE": "TRUNCATE {table}",
    "TRUNCATE CASCADE": "TRUNCATE {table} CASCADE",
}
ATTACKS_ON_THE_GUARD = {
    "DISABLE TRIGGER": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "DROP": "DROP TABLE {table}",
    "DROP TRIGGER": "DROP TRIGGER {trigger} ON {table}",
    "REPLICA ROLE": "SET session_replication_role = replica",
    "REPLACE FUNCTION": "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger"
    " LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE": "CREATE TABLE public.elsewhere (x int)",
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
        statement = SQL(attack).format(
            table=Identifier(table),
            column=Identifier(column[0]),
            trigger=Identifier(f"{table}_is_locked"),
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


def test_every_table_is_declared_locked_open_or_read_only_and_only_once() -> None:
    declared = [*LOCKED, *OPEN, *READ_ONLY, *CHANGING]
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {
        "django_migrations"
    }

    assert sorted(declared) == sorted(set(declared))
    assert set(declared) == tables


@pytest.mark.django_db
def test_the_application_role_holds_the_listed_grants_and_none_beyond() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name, privilege_type"
            " FROM information_schema.role_table_grants WHERE grantee = current_user"
        )
        held = {tuple(row) for row in cursor.fetchall()}
        cursor.execute(
            "SELECT c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum)"
            " FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
            " WHERE a.attacl IS NOT NULL GROUP BY c.relname"
        )
        held |= {("public", table, f"UPDATE ({columns})") for table, columns in cursor.fetchall()}

    listed = {
        ("public", table, privilege)
        for table, privileges in PRIVILEGES.items()
        for privilege in privileges
    }
    assert held == listed


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
