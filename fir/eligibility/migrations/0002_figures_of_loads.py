"""A few figures of each load, which stay when its cohorts go."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("eligibility", "0001_findings"),
        ("estates", "0003_own_load"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoadFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("device_type", models.CharField(max_length=8)),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("N", "N"),
                            ("N-1", "N-1"),
                            ("OLDER", "OLDER"),
                            ("UNLISTED", "UNLISTED"),
                        ],
                        max_length=8,
                    ),
                ),
                ("devices", models.BigIntegerField()),
                ("suspended", models.BigIntegerField()),
                ("assessed_at", models.DateTimeField()),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="estates.estateload"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("load", "device_type", "position"), name="eligibility_figure_once"
                    )
                ],
            },
        ),
    ]
