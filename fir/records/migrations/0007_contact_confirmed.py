"""A card says when it was last confirmed, and when its Manufacturer was reminded of it."""

from django.db import migrations, models

# Giving a card, or changing it, confirmed it.
CONFIRM = (
    "UPDATE records_manufacturercontact SET confirmed_at = changed_at, confirmed_by = changed_by"
)


class Migration(migrations.Migration):
    dependencies = [("records", "0006_quality_assessment")]

    operations = [
        migrations.AddField(
            model_name="manufacturercontact",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="manufacturercontact",
            name="confirmed_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="manufacturercontact",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="manufacturercontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True))
                | models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                name="records_contact_confirmed_at_and_by",
            ),
        ),
        migrations.RunSQL(CONFIRM, migrations.RunSQL.noop),
    ]
