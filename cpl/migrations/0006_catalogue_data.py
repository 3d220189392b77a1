"""The catalogue as it is first known. Whatever was found in no public source is tagged so, for the
Administrator to confirm or change."""

import uuid
from datetime import UTC, date, datetime

from django.db import migrations

BY = uuid.UUID(int=0)
AT = datetime(2026, 11, 20, tzinfo=UTC)

SEEN = "Values in the DCC's public samples and tools."
ENDED = "SEC Panel and the DCC on updates that refer to GBCS v1.1, May 2018."
RECALLED = "Not found in a public source: to be confirmed."

# (kind, version, in effect until, source, assumption)
SPECIFICATIONS = [
    ("GBCS", "1.0", date(2018, 5, 7), ENDED, False),
    ("GBCS", "1.1", None, ENDED, False),
    *(("GBCS", v, None, RECALLED, True) for v in ("2.0", "2.1", "3.0", "3.1", "4.0", "4.1")),
    ("GBCS", "3.2", None, SEEN, False),
    ("GBCS", "4.2", None, SEEN, False),
    ("SMETS", "1.58", None, SEEN, False),
    *(
        ("SMETS", v, None, RECALLED, True)
        for v in ("2.0", "3.0", "3.1", "4.0", "4.1", "5.1", "5.2")
    ),
    ("SMETS", "4.2", None, SEEN, False),
    ("SMETS", "5.0", None, SEEN, False),
    *(("CHTS", v, None, RECALLED, True) for v in ("1.0", "1.1", "1.2", "1.4")),
    ("CHTS", "1.3", None, SEEN, False),
]

# Device Type: (needs a CPA certificate, who answers for a replacement)
NEEDS = {
    "ESME": (True, "IS"),
    "GSME": (True, "GS"),
    "HCALCS": (True, "IS"),
    "CHF": (True, "DCC"),
    "GPF": (False, ""),
    "PPMID": (False, ""),
    "SAPC": (False, ""),
    "IHD": (False, ""),
}


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias  # the owner's: the application has no grants yet
    version, needs = (
        apps.get_model("cpl", name) for name in ("SpecificationVersion", "DeviceTypeNeeds")
    )
    version.objects.using(alias).bulk_create(
        [
            version(
                kind=kind,
                version=number,
                in_effect_until=until,
                source=source,
                is_assumption=assumption,
                changed_at=AT,
                changed_by=BY,
            )
            for kind, number, until, source, assumption in SPECIFICATIONS
        ]
    )
    needs.objects.using(alias).bulk_create(
        [
            needs(
                device_type=device_type,
                needs_cpa=needs_cpa,
                needs_zigbee=False,
                needs_dlms=False,
                answerable=answerable,
                source=RECALLED,
                is_assumption=True,
                changed_at=AT,
                changed_by=BY,
            )
            for device_type, (needs_cpa, answerable) in NEEDS.items()
        ]
    )


def empty(apps, schema_editor):
    for name in ("SpecificationVersion", "DeviceTypeNeeds"):
        apps.get_model("cpl", name).objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("cpl", "0005_loaded")]

    operations = [migrations.RunPython(fill, empty)]
