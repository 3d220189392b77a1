"""The command that imports the list says in words what stopped it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from cpl.queries import listed_entries
from cpl.sheet import write_sheet
from fir.management.commands import import_cpl
from fir.records.comparison import compare_list
from tests import make

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.django_db
def test_a_list_that_changes_between_look_and_import_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = tmp_path / "cpl.csv"
    sheet.write_text(write_sheet([make.row(1)]))

    def while_somebody_imports(*arguments: Any, **more: Any) -> Any:
        seen = compare_list(*arguments, **more)
        make.listed(make.row(1, manufacturer_image_hash=make.image_hash("another")))
        return seen

    monkeypatch.setattr(import_cpl, "compare_list", while_somebody_imports)

    with pytest.raises(CommandError, match="changed the list while"):
        call_command("import_cpl", sheet)

    assert listed_entries().get().manufacturer_image_hash == make.image_hash("another")
