"""What every test of estates may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party


@pytest.fixture
def supplier() -> Party:
    """A Supplier in both roles."""
    return make.party()
