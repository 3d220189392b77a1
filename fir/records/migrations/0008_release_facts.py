"""Records say more of a release, a correction says why, and one submission may publish several."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cpl", "0007_fewer_indexes"),
        ("records", "0007_contact_confirmed"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="firmwarerecord",
            name="records_pathway_declared",
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="activation_advice",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="end_of_support",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="image_size",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="interrupts_hub_power",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="maximum_hardware_version",
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="minimum_hardware_version",
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="purposes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="firmwarerecord",
            name="security_relevant",
            field=models.BooleanField(null=True),
        ),
        migrations.AlterField(
            model_name="firmwarerecord",
            name="submission_id",
            field=models.UUIDField(),
        ),
        migrations.AddConstraint(
            model_name="firmwarerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("pathway__in", ["NAMED", "NONE", "UNKNOWN"])),
                name="records_pathway_declared",
            ),
        ),
        migrations.AddConstraint(
            model_name="firmwarerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supersedes__isnull", True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="records_correction_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="firmwarerecord",
            constraint=models.UniqueConstraint(
                fields=("submission_id", "entry"), name="records_one_of_a_submission_each"
            ),
        ),
    ]
