"""Migrations: named, complete, and standing on their own."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

CHECKOUT = Path(__file__).resolve().parents[2]
MIGRATIONS = sorted(
    path
    for root in ("cpl", "fir")
    for path in (CHECKOUT / root).rglob("migrations/*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_migration_is_named_for_what_it_brings(path: Path) -> None:
    assert re.fullmatch(r"\d{4}_(?!auto)[a-z]+(_[a-z0-9]+)*", path.stem)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_migration_imports_no_application_code(path: Path) -> None:
    assert not re.search(r"^\s*(from|import) (cpl|fir)\b", path.read_text(), re.MULTILINE)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    said = StringIO()

    call_command("makemigrations", "--check", "--dry-run", stdout=said)

    assert "No changes detected" in said.getvalue()
