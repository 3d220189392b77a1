"""A weekly count of what runs in the field; only what may be told is kept."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("estates", "0005_cohort_moves")]

    operations = [
        migrations.CreateModel(
            name="Census",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counted_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CensusFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device_type", models.CharField(max_length=8)),
                ("manufacturer_identifier", models.CharField(max_length=16)),
                ("device_model", models.CharField(max_length=16)),
                ("firmware_version", models.CharField(max_length=16)),
                ("about_devices", models.BigIntegerField()),
                (
                    "census",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="estates.census"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["manufacturer_identifier", "device_model"],
                        name="estates_census_maker",
                    )
                ],
            },
        ),
    ]
