"""A load says how it came, what it changes and how far it is; its cohorts are written as it comes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("estates", "0006_census")]

    operations = [
        migrations.AddField(
            model_name="estateload",
            name="mode",
            field=models.CharField(
                choices=[("FULL", "FULL"), ("DELTA", "DELTA")], default="FULL", max_length=5
            ),
        ),
        migrations.AddField(
            model_name="estateload",
            name="base",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="estates.estateload",
            ),
        ),
        migrations.AddField(
            model_name="estateload",
            name="fingerprint",
            field=models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="estateload", name="bytes_total", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="estateload", name="body_in_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddConstraint(
            model_name="estateload",
            constraint=models.CheckConstraint(
                condition=models.Q(mode__in=("FULL", "DELTA")), name="estates_load_mode_known"
            ),
        ),
        migrations.AddField(
            model_name="loadnote", name="member", field=models.IntegerField(default=0)
        ),
        migrations.RemoveIndex(model_name="loadnote", name="estates_note_line"),
        migrations.AddIndex(
            model_name="loadnote",
            index=models.Index(fields=["load", "member", "line"], name="estates_note_place"),
        ),
        migrations.DeleteModel(name="LoadConfiguration"),
    ]
