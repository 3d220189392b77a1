"""What Suppliers decide of releases for themselves, row by row; all of it stays."""

import django.db.models.deletion
from django.db import migrations, models

LOCK = """
CREATE TRIGGER eligibility_supplierdecision_is_locked
    BEFORE UPDATE OR DELETE OR TRUNCATE ON eligibility_supplierdecision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER eligibility_supplierdecision_is_locked ON eligibility_supplierdecision"


class Migration(migrations.Migration):
    dependencies = [
        ("cpl", "0007_fewer_indexes"),
        ("eligibility", "0001_findings"),
        ("parties", "0005_delegations"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupplierDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=8)),
                ("reason", models.CharField(max_length=500)),
                ("decided_at", models.DateTimeField()),
                ("decided_by", models.UUIDField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="cpl.cplentry"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="parties.party"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["party", "entry", "-id"], name="eligibility_decision_newest"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("TESTING", "APPROVED", "HELD"))),
                        name="eligibility_decision_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="eligibility_decision_has_reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(LOCK, UNLOCK),
    ]
