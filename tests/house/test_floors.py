"""The shape of the house that the import contracts do not see."""

import ast
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path
    for root in ("cpl", "fir")
    for path in (CHECKOUT / root).rglob("*.py")
    if "migrations" not in path.parts
)
DOORS = [path for path in FILES if "api" in path.parts or path.stem == "tasks"]
LONGEST_FILE = 300
LONGEST_FUNCTION = 45
FORBIDDEN_NAMES = {"utils", "common", "helpers", "services", "signals", "admin", "apps"}


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@pytest.mark.parametrize("path", DOORS, ids=name_of)
def test_a_door_or_a_task_never_queries_by_itself(path: Path) -> None:
    assert ".objects" not in path.read_text()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_has_a_purpose_in_its_name_and_its_first_line(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_is_public_is_described(path: Path) -> None:
    undescribed = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert undescribed == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text()
    too_long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]

    assert len(text.splitlines()) <= LONGEST_FILE
    assert too_long == []


def test_the_package_fir_is_a_docstring_and_nothing_else() -> None:
    body = ast.parse((CHECKOUT / "fir" / "__init__.py").read_text()).body

    assert len(body) == 1


def test_run_time_sql_says_what_why_and_for_whom() -> None:
    for path in (CHECKOUT / "fir").rglob("sql/*.sql"):
        header = path.read_text().splitlines()[:3]
        assert all(line.startswith("-- ") for line in header), path
        assert re.search(r"Called by fir\.[a-z_.]+\.$", header[2]), path


def test_every_dependency_says_why() -> None:
    lines = (CHECKOUT / "pyproject.toml").read_text().splitlines()
    pinned = [line for line in lines if re.match(r'\s+"[a-z].*[=~<>]', line)]

    assert pinned
    assert [line for line in pinned if "# " not in line] == []
