"""What became of the devices of a cohort from one load to the next."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("estates", "0004_former_load")]

    operations = [
        migrations.CreateModel(
            name="CohortMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("former_device_type", models.CharField(blank=True, max_length=8)),
                ("former_manufacturer_identifier", models.CharField(blank=True, max_length=16)),
                ("former_device_model", models.CharField(blank=True, max_length=16)),
                ("former_firmware_version", models.CharField(blank=True, max_length=16)),
                ("former_device_status", models.CharField(blank=True, max_length=32)),
                ("device_count", models.BigIntegerField()),
                (
                    "cohort",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="estates.cohort"
                    ),
                ),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="estates.estateload"
                    ),
                ),
            ],
        ),
    ]
