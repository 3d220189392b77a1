"""The list's tables."""

from cpl.models.catalogue import (
    ANSWERABLE,
    SPECIFICATIONS,
    DeviceTypeNeeds,
    KnownFile,
    SpecificationVersion,
)
from cpl.models.entries import (
    CPLEntry,
    DeviceModel,
    EntryCertificates,
    EntryColumns,
    EntryRevision,
    ListedEntry,
    LoadConfirmation,
    Manufacturer,
    StatusChange,
)

__all__ = [
    "ANSWERABLE",
    "SPECIFICATIONS",
    "CPLEntry",
    "DeviceModel",
    "DeviceTypeNeeds",
    "EntryCertificates",
    "EntryColumns",
    "EntryRevision",
    "KnownFile",
    "ListedEntry",
    "LoadConfirmation",
    "Manufacturer",
    "SpecificationVersion",
    "StatusChange",
]
