"""Other indexes begin with these foreign keys: each row of an import is written into fewer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cpl", "0006_catalogue_data"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cplentry",
            name="device_model",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cpl.devicemodel"
            ),
        ),
        migrations.AlterField(
            model_name="entrycertificates",
            name="entry",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cpl.cplentry"
            ),
        ),
        migrations.AlterField(
            model_name="entryrevision",
            name="entry",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cpl.cplentry"
            ),
        ),
        migrations.AlterField(
            model_name="loadconfirmation",
            name="entry",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cpl.cplentry"
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="entry",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="cpl.cplentry"
            ),
        ),
    ]
