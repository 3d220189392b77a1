"""The repository's tables."""

from fir.records.models.contacts import ManufacturerContact
from fir.records.models.list_keeping import (
    APPLIED,
    CONFIRMED,
    DROPPED,
    RELIST,
    REMOVE,
    WAITING,
    WAIVE,
    CertificateReminder,
    Proposal,
    QualityAssessment,
    QualityFinding,
    SheetImport,
)
from fir.records.models.records import (
    FirmwareRecord,
    HubCapability,
    ReleaseColumns,
    RepositoryEntry,
    UpgradePathway,
)

__all__ = [
    "APPLIED",
    "CONFIRMED",
    "DROPPED",
    "RELIST",
    "REMOVE",
    "WAITING",
    "WAIVE",
    "CertificateReminder",
    "FirmwareRecord",
    "HubCapability",
    "ManufacturerContact",
    "Proposal",
    "QualityAssessment",
    "QualityFinding",
    "ReleaseColumns",
    "RepositoryEntry",
    "SheetImport",
    "UpgradePathway",
]
