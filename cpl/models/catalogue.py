"""What the rules about the list's quality take as given, kept by the Administrator; and the files
that hashes are compared with."""

from __future__ import annotations

from django.db import models

from cpl.identifiers import DEVICE_TYPES
from cpl.models.constraints import hexadecimal, one_of

SPECIFICATIONS = ("GBCS", "SMETS", "CHTS")
ANSWERABLE = ("DCC", "IS", "GS")


class SpecificationVersion(models.Model):
    """A version of GBCS, SMETS or CHTS and when it is in effect, as far as the dates are known.

    Open: the Administrator keeps it. `is_assumption` until somebody has confirmed it from a source.
    """

    kind = models.CharField(max_length=5, choices=[(k, k) for k in SPECIFICATIONS])
    version = models.CharField(max_length=16)
    in_effect_from = models.DateField(null=True)
    in_effect_until = models.DateField(null=True)
    source = models.CharField(max_length=300)
    is_assumption = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="cpl_one_specification_each"),
            one_of("kind", SPECIFICATIONS, "cpl_specification_known"),
            models.CheckConstraint(
                condition=models.Q(in_effect_until__gte=models.F("in_effect_from")),
                name="cpl_specification_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class DeviceTypeNeeds(models.Model):
    """Which certificates a Device Type needs, and who answers for a replacement. Open, like the
    versions above; `answerable` is DCC, IS, GS, or '' where nobody is known to."""

    device_type = models.CharField(
        max_length=8, choices=[(t, t) for t in DEVICE_TYPES], unique=True
    )
    needs_cpa = models.BooleanField()
    needs_zigbee = models.BooleanField()
    needs_dlms = models.BooleanField()
    answerable = models.CharField(
        max_length=3, choices=[(a, a) for a in ANSWERABLE], blank=True, default=""
    )
    source = models.CharField(max_length=300)
    is_assumption = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()

    class Meta:
        constraints = [
            one_of("device_type", DEVICE_TYPES, "cpl_needs_type_known"),
            one_of("answerable", ["", *ANSWERABLE], "cpl_answerable_known"),
        ]

    def __str__(self) -> str:
        return self.device_type


class KnownFile(models.Model):
    """The digests of a whole OTA file that somebody dropped for comparison, and of the Manufacturer
    Image in it: to tell when the one is given for the other. Locked. No byte of the file is kept.
    """

    file_hash = models.CharField(max_length=64, unique=True)
    image_hash = models.CharField(max_length=64)
    seen_at = models.DateTimeField()
    seen_by = models.UUIDField()

    class Meta:
        constraints = [
            hexadecimal("file_hash", 64, "cpl_file_hash_hex"),
            hexadecimal("image_hash", 64, "cpl_file_image_hash_hex"),
        ]

    def __str__(self) -> str:
        return self.file_hash
