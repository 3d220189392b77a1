"""Managing people is also changing what they may do: its sentence says so."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("parties", "0002_people")]

    operations = [
        migrations.AlterModelOptions(
            name="party",
            options={
                "permissions": [
                    ("read_feed", "Pull the feed of everything that happens."),
                    ("view_records", "Read the Firmware Records that the Party may see."),
                    (
                        "submit_firmware",
                        "Bring firmware releases for the Party's Manufacturer Identifiers.",
                    ),
                    ("review_submissions", "Read the queue; approve, return or close submissions."),
                    ("load_estate", "Send in the Supplier's inventory of Devices."),
                    (
                        "view_estate",
                        "Read the Supplier's estate and which of its Devices are eligible.",
                    ),
                    ("view_notices", "Read the notices raised for the Party."),
                    (
                        "manage_people",
                        "Invite people, change what they may do, and make or revoke keys for the"
                        " Party.",
                    ),
                ],
            },
        ),
    ]
