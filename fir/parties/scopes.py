"""Whose Devices somebody may look at, and which of them. Pure.

Every read of an estate and of findings starts from a `Scope`; a Supplier's own is the whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from fir.parties.models import Party


@dataclass(frozen=True, slots=True)
class Part:
    """The Devices of these Device Types and, where any are named, of these Device Models: each its
    maker and its eight digits."""

    device_types: frozenset[str]
    device_models: frozenset[tuple[str, str]] = frozenset()

    def covers(self, device_type: str, manufacturer_identifier: str, device_model: str) -> bool:
        """Whether a Device of this type, maker and model belongs to the part."""
        is_named = (manufacturer_identifier, device_model) in self.device_models
        return device_type in self.device_types and (is_named or not self.device_models)

    def where(self, device_type: str, manufacturer_identifier: str, device_model: str) -> Q:
        """The same as a condition on rows, whose columns are named."""
        by_maker: dict[str, list[str]] = defaultdict(list)
        for maker, model in sorted(self.device_models):
            by_maker[maker].append(model)
        named = Q()
        for maker, models in by_maker.items():
            named |= Q(**{manufacturer_identifier: maker, f"{device_model}__in": models})
        return Q(**{f"{device_type}__in": sorted(self.device_types)}) & named


@dataclass(frozen=True, slots=True)
class Scope:
    """What is seen of a Supplier's Devices: all, where there are no `parts`, or else those of any
    of the parts."""

    supplier: Party
    parts: tuple[Part, ...] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is the Supplier's own: everything of it is seen."""
        return self.parts is None

    def covers(self, device_type: str, manufacturer_identifier: str, device_model: str) -> bool:
        """Whether a Device of this type, maker and model is seen."""
        return self.parts is None or any(
            part.covers(device_type, manufacturer_identifier, device_model) for part in self.parts
        )

    def where(
        self,
        device_type: str = "device_type",
        manufacturer_identifier: str = "manufacturer_identifier",
        device_model: str = "device_model",
    ) -> Q:
        """The condition on rows, whose columns are named, that their Devices are seen. Whose rows
        they are is another condition."""
        if self.parts is None:
            return Q()
        seen = Q(pk__in=[])
        for part in self.parts:
            seen |= part.where(device_type, manufacturer_identifier, device_model)
        return seen
