"""Constraints that several of the list's tables carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Collection


def hexadecimal(field: str, digits: int, name: str) -> models.CheckConstraint:
    """So many upper-case hexadecimal digits."""
    condition = models.Q(**{f"{field}__regex": rf"^[0-9A-F]{{{digits}}}$"})
    return models.CheckConstraint(condition=condition, name=name)


def one_of(field: str, values: Collection[str], name: str) -> models.CheckConstraint:
    """One of these values."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": values}), name=name)
