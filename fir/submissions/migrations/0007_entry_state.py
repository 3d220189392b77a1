"""A correction knows what its entry said when it was brought."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0006_row_faults"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="entry_state",
            field=models.CharField(blank=True, max_length=16),
        ),
    ]
