"""Kinds of submissions, drafts, timed publication, comments, waivers, and names of requests."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_list_permissions"),
        ("submissions", "0003_four_eyes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("NEW", "NEW"),
                            ("CORRECTION", "CORRECTION"),
                            ("LEGACY_COMPLETION", "LEGACY_COMPLETION"),
                            ("WITHDRAWAL", "WITHDRAWAL"),
                        ],
                        default="NEW",
                        max_length=17,
                    ),
                ),
                ("said", models.JSONField(default=dict)),
                ("file", models.JSONField(null=True)),
                ("line", models.PositiveIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="FindingWaiver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("particulars", models.TextField(blank=True)),
                ("about", models.TextField(blank=True)),
                ("reason", models.CharField(max_length=500)),
                ("waived_at", models.DateTimeField()),
                ("waived_by", models.UUIDField()),
                ("waived_answerable", models.UUIDField()),
                ("waived_party", models.UUIDField()),
                ("submitted_answerable", models.UUIDField()),
                ("submitted_party", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="ReleaseSheet",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("filename", models.CharField(max_length=200)),
                ("rows", models.PositiveSmallIntegerField()),
                ("brought_at", models.DateTimeField()),
                ("brought_by", models.UUIDField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="submissions_decided_once",
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="submissions_decision_known",
        ),
        migrations.RemoveConstraint(
            model_name="submission",
            name="submissions_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="submission",
            name="submissions_published_has_entry",
        ),
        migrations.RemoveConstraint(
            model_name="submission",
            name="submissions_waiting_once",
        ),
        migrations.AddField(
            model_name="decision",
            name="named_entry_id",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="decision",
            name="number",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="decision",
            name="publish_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="activation_advice",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="end_of_support",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="further_device_models",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="further_entry_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=32), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="image_size",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="interrupts_hub_power",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="kind",
            field=models.CharField(
                choices=[
                    ("NEW", "NEW"),
                    ("CORRECTION", "CORRECTION"),
                    ("LEGACY_COMPLETION", "LEGACY_COMPLETION"),
                    ("WITHDRAWAL", "WITHDRAWAL"),
                ],
                default="NEW",
                max_length=17,
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="maximum_hardware_version",
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name="submission",
            name="minimum_hardware_version",
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name="submission",
            name="of_entry",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="submission",
            name="publish_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="purposes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="submission",
            name="replaces",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="submissions.submission"
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="request_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="submission",
            name="request_key",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="submission",
            name="security_relevant",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="withdrawn_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="decision",
            name="decision",
            field=models.CharField(
                choices=[
                    ("APPROVE", "APPROVE"),
                    ("RETURN", "RETURN"),
                    ("CLOSE", "CLOSE"),
                    ("CANCEL", "CANCEL"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="gbcs_version",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="submission",
            name="manufacturer_image_hash",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="submission",
            name="predecessors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=32), null=True, size=None
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="smets_chts_version",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="submission",
            name="state",
            field=models.CharField(
                choices=[
                    ("SUBMITTED", "SUBMITTED"),
                    ("RETURNED", "RETURNED"),
                    ("APPROVED", "APPROVED"),
                    ("PUBLISHED", "PUBLISHED"),
                    ("CLOSED", "CLOSED"),
                ],
                default="SUBMITTED",
                max_length=9,
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                fields=("submission", "number"), name="submissions_decided_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ("APPROVE", "RETURN", "CLOSE", "CANCEL"))),
                name="submissions_decision_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("SUBMITTED", "RETURNED", "APPROVED", "PUBLISHED", "CLOSED"))
                ),
                name="submissions_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "NEW"), ("of_entry", "")),
                    models.Q(
                        ("kind__in", ("CORRECTION", "LEGACY_COMPLETION", "WITHDRAWAL")),
                        models.Q(("of_entry", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="submissions_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "PUBLISHED"), models.Q(("cpl_entry_id", ""), _negated=True)),
                    models.Q(
                        models.Q(("state", "PUBLISHED"), _negated=True),
                        ("cpl_entry_id", ""),
                        ("further_entry_ids", []),
                    ),
                    _connector="OR",
                ),
                name="submissions_published_has_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("publish_at__isnull", False), ("state", "APPROVED")),
                    ("state", "PUBLISHED"),
                    models.Q(
                        models.Q(("state", "APPROVED"), _negated=True), ("publish_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="submissions_approved_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(
                        ("state", "CLOSED"),
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="submissions_withdrawn_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("SUBMITTED", "APPROVED"))),
                fields=(
                    "device_type",
                    "manufacturer_identifier",
                    "device_model",
                    "firmware_version",
                ),
                name="submissions_waiting_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("request_key", ""), _negated=True),
                fields=("party", "request_key"),
                name="submissions_one_for_a_request",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="parties.party"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="submissions.submission",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="again_of",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to="submissions.submission"
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="parties.party"
            ),
        ),
        migrations.AddField(
            model_name="findingwaiver",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="waivers",
                to="submissions.submission",
            ),
        ),
        migrations.AddField(
            model_name="releasesheet",
            name="party",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="parties.party"
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="sheet",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="submissions.releasesheet",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="submissions_comment_says"
            ),
        ),
        migrations.AddConstraint(
            model_name="findingwaiver",
            constraint=models.UniqueConstraint(
                fields=("submission", "code", "about"), name="submissions_waived_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="findingwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="submissions_waiver_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="findingwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("waived_answerable", models.F("submitted_answerable")), _negated=True
                    ),
                    models.Q(
                        models.Q(("waived_party", models.F("submitted_party")), _negated=True),
                        models.Q(
                            models.Q(
                                ("waived_answerable", models.F("waived_party")), _negated=True
                            ),
                            models.Q(
                                ("submitted_answerable", models.F("submitted_party")), _negated=True
                            ),
                        ),
                        _connector="OR",
                    ),
                ),
                name="submissions_waiver_four_eyes",
            ),
        ),
        migrations.AddIndex(
            model_name="releasesheet",
            index=models.Index(fields=["party", "-brought_at"], name="submissions_sheets_newest"),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(
                fields=["party", "-changed_at", "-id"], name="submissions_drafts_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("NEW", "CORRECTION", "LEGACY_COMPLETION", "WITHDRAWAL"))
                ),
                name="submissions_draft_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("line__isnull", True), ("sheet__isnull", True)),
                    models.Q(("line__isnull", False), ("sheet__isnull", False)),
                    _connector="OR",
                ),
                name="submissions_draft_row_of_sheet",
            ),
        ),
    ]
