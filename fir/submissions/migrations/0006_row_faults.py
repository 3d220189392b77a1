"""A draft that was the row of a sheet keeps what was wrong with the row beside what it says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0005_states_follow")]

    operations = [
        migrations.AddField(
            model_name="draft", name="row_faults", field=models.JSONField(default=list)
        ),
    ]
