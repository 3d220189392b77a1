"""A recall is lifted by a submission of that kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_list_permissions"),
        ("submissions", "0007_entry_state"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="draft",
            name="submissions_draft_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="submission",
            name="submissions_kind_known",
        ),
        migrations.AlterField(
            model_name="draft",
            name="kind",
            field=models.CharField(
                choices=[
                    ("NEW", "NEW"),
                    ("CORRECTION", "CORRECTION"),
                    ("LEGACY_COMPLETION", "LEGACY_COMPLETION"),
                    ("WITHDRAWAL", "WITHDRAWAL"),
                    ("RECALL_LIFT", "RECALL_LIFT"),
                ],
                default="NEW",
                max_length=17,
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="kind",
            field=models.CharField(
                choices=[
                    ("NEW", "NEW"),
                    ("CORRECTION", "CORRECTION"),
                    ("LEGACY_COMPLETION", "LEGACY_COMPLETION"),
                    ("WITHDRAWAL", "WITHDRAWAL"),
                    ("RECALL_LIFT", "RECALL_LIFT"),
                ],
                default="NEW",
                max_length=17,
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ("NEW", "CORRECTION", "LEGACY_COMPLETION", "WITHDRAWAL", "RECALL_LIFT"),
                    )
                ),
                name="submissions_draft_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "NEW"), ("of_entry", "")),
                    models.Q(
                        (
                            "kind__in",
                            ("CORRECTION", "LEGACY_COMPLETION", "WITHDRAWAL", "RECALL_LIFT"),
                        ),
                        models.Q(("of_entry", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="submissions_kind_known",
            ),
        ),
    ]
