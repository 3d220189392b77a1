"""The list's rows. What was published is never edited: the newest revision, certificate or status
row of an entry counts, and `ListedEntry` is the one place that says so."""

from __future__ import annotations

from django.db import models

from cpl.identifiers import DEVICE_TYPES
from cpl.models.constraints import hexadecimal, one_of
from cpl.sheet.row import CURRENT, REMOVED

# Lets an index find what begins with a text, whatever the database's language.
PREFIXES = ["varchar_pattern_ops"]


class Manufacturer(models.Model):
    """A maker of Devices, by its 16-bit Zigbee code. It need not be a Party."""

    identifier = models.CharField(max_length=4, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [hexadecimal("identifier", 4, "cpl_manufacturer_identifier_hex")]

    def __str__(self) -> str:
        return self.identifier


class DeviceModel(models.Model):
    """Device Type, maker, model (4 hex) and hardware version and revision (4 hex). Locked.

    Models that share type, maker and the first four digits are a family: one image commonly
    serves a range of hardware.
    """

    device_type = models.CharField(max_length=8, choices=[(t, t) for t in DEVICE_TYPES])
    manufacturer = models.ForeignKey(Manufacturer, on_delete=models.PROTECT)
    device_model = models.CharField(max_length=8)

    class Meta:
        indexes = [
            models.Index(fields=["device_model"], name="cpl_model_begins", opclasses=PREFIXES),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "device_model", "device_type"], name="cpl_one_device_model"
            ),
            hexadecimal("device_model", 8, "cpl_device_model_hex"),
            one_of("device_type", DEVICE_TYPES, "cpl_device_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.device_type} {self.manufacturer} {self.device_model}"


class CPLEntry(models.Model):
    """One line of the list: a Device Model with a firmware version. Locked.

    Model and version are not unique: real lists hold errors, which are shown rather than refused.
    """

    cpl_entry_id = models.CharField(max_length=32, unique=True)
    # The indexes below begin with it, here and in the rows of an entry.
    device_model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, db_index=False)
    firmware_version = models.CharField(max_length=8)
    date_added = models.DateField()
    listed_at = models.DateTimeField()
    listed_by = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(
                fields=["device_model", "firmware_version"], name="cpl_entry_model_version"
            ),
            models.Index(
                fields=["firmware_version"], name="cpl_entry_version_begins", opclasses=PREFIXES
            ),
        ]
        constraints = [
            hexadecimal("firmware_version", 8, "cpl_firmware_version_hex"),
            models.CheckConstraint(
                condition=models.Q(cpl_entry_id__regex=r"^[A-Z0-9-]{1,32}$"),
                name="cpl_entry_id_form",
            ),
        ]

    def __str__(self) -> str:
        return self.cpl_entry_id


class EntryRevision(models.Model):
    """The facts of an entry as they were said at one time. Locked; the newest counts."""

    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT, db_index=False)
    manufacturer_name = models.CharField(max_length=200)
    smets_chts_version = models.CharField(max_length=200, blank=True)
    gbcs_version = models.CharField(max_length=200, blank=True)
    esme_variant = models.CharField(max_length=200, blank=True)
    manufacturer_image_hash = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["entry", "-id"], name="cpl_revision_newest"),
            models.Index(
                fields=["manufacturer_image_hash"], name="cpl_revision_hash", opclasses=PREFIXES
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(manufacturer_image_hash="")
                | models.Q(manufacturer_image_hash__regex=r"^[0-9A-F]{64}$"),
                name="cpl_image_hash_hex",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry} as said at {self.recorded_at}"


class EntryCertificates(models.Model):
    """The assurance certificates of an entry as they stood at one time. Locked; the newest counts.

    A CPA certificate has an expiry date or, since MP209, a renewal date.
    """

    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT, db_index=False)
    cpa_certificate_id = models.CharField(max_length=200, blank=True)
    cpa_expiry_date = models.DateField(null=True)
    cpa_renewal_date = models.DateField(null=True)
    zigbee_certificate_id = models.CharField(max_length=200, blank=True)
    dlms_certificate_id = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["entry", "-id"], name="cpl_certificates_newest")]

    def __str__(self) -> str:
        return f"{self.entry} certificates at {self.recorded_at}"


class StatusChange(models.Model):
    """A removal or a relisting of an entry. Locked; the newest counts, and none means Current."""

    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT, db_index=False)
    status = models.CharField(max_length=8, choices=[(CURRENT, CURRENT), (REMOVED, REMOVED)])
    status_date = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["entry", "-id"], name="cpl_status_newest")]
        constraints = [one_of("status", [CURRENT, REMOVED], "cpl_status_known")]

    def __str__(self) -> str:
        return f"{self.entry} {self.status} at {self.recorded_at}"


class LoadConfirmation(models.Model):
    """When the DCC loaded an entry, as it or the Administrator recorded. Locked; the newest counts,
    and one without a date takes an earlier one back.

    What is published is not loaded: in May 2018 the DCC could not take up entries that the list
    already showed.
    """

    entry = models.ForeignKey(CPLEntry, on_delete=models.PROTECT, db_index=False)
    loaded_on = models.DateField(null=True)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["entry", "-id"], name="cpl_loaded_newest")]

    def __str__(self) -> str:
        return f"{self.entry} loaded on {self.loaded_on}"


class EntryColumns(models.Model):
    """The columns of an entry as the list shows it now, in the sheet's own words."""

    entry = models.OneToOneField(CPLEntry, on_delete=models.DO_NOTHING, primary_key=True)
    cpl_entry_id = models.CharField(max_length=32)
    model = models.ForeignKey(DeviceModel, on_delete=models.DO_NOTHING)
    device_type = models.CharField(max_length=8)
    manufacturer_identifier = models.CharField(max_length=4)
    manufacturer_name = models.CharField(max_length=200)
    device_model = models.CharField(max_length=8)
    firmware_version = models.CharField(max_length=8)
    smets_chts_version = models.CharField(max_length=200)
    gbcs_version = models.CharField(max_length=200)
    esme_variant = models.CharField(max_length=200)
    manufacturer_image_hash = models.CharField(max_length=64)
    cpa_certificate_id = models.CharField(max_length=200)
    cpa_expiry_date = models.DateField(null=True)
    cpa_renewal_date = models.DateField(null=True)
    zigbee_certificate_id = models.CharField(max_length=200)
    dlms_certificate_id = models.CharField(max_length=200)
    status = models.CharField(max_length=8)
    date_added = models.DateField()
    date_removed = models.DateField(null=True)
    removal_reason = models.CharField(max_length=500)
    loaded_on = models.DateField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.cpl_entry_id


class ListedEntry(EntryColumns):
    """An entry as the list shows it now: a database view over the rows above, read only."""

    class Meta:
        managed = False
        db_table = "cpl_listedentry"
