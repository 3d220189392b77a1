"""Releases are archived and restored, recalled and let go again: each by a further row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cpl", "0007_fewer_indexes"),
        ("records", "0009_release_facts_view"),
    ]

    operations = [
        migrations.CreateModel(
            name="Archival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=8)),
                ("cause", models.CharField(blank=True, max_length=14)),
                ("reason", models.CharField(max_length=500)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=8)),
                ("reason", models.CharField(max_length=500)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.UUIDField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="proposal",
            name="records_proposal_kind_known",
        ),
        migrations.AlterField(
            model_name="proposal",
            name="kind",
            field=models.CharField(max_length=7),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "WAIVE"), models.Q(("code", ""), _negated=True)),
                    models.Q(
                        ("code__in", ("REMOVED", "REPLACED", "WITHDRAWN", "END_OF_SUPPORT")),
                        ("kind", "ARCHIVE"),
                    ),
                    models.Q(("code", ""), ("kind__in", ["REMOVE", "RELIST", "RESTORE"])),
                    _connector="OR",
                ),
                name="records_proposal_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="archival",
            name="entry",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cpl.cplentry"),
        ),
        migrations.AddField(
            model_name="recall",
            name="entry",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cpl.cplentry"),
        ),
        migrations.AddIndex(
            model_name="archival",
            index=models.Index(fields=["entry", "-id"], name="records_archival_newest"),
        ),
        migrations.AddConstraint(
            model_name="archival",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cause__in", ("REMOVED", "REPLACED", "WITHDRAWN", "END_OF_SUPPORT")),
                        ("state", "ARCHIVED"),
                    ),
                    models.Q(("cause", ""), ("state", "RESTORED")),
                    _connector="OR",
                ),
                name="records_archival_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="archival",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="records_archival_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(fields=["entry", "-id"], name="records_recall_newest"),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["RECALLED", "LIFTED"])),
                name="records_recall_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="records_recall_has_reason"
            ),
        ),
    ]
