"""A load knows which one stood before it, and when the two were compared."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("estates", "0003_own_load")]

    operations = [
        migrations.AddField(
            model_name="estateload",
            name="former",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="estates.estateload",
            ),
        ),
        migrations.AddField(
            model_name="estateload",
            name="compared_at",
            field=models.DateTimeField(null=True),
        ),
    ]
