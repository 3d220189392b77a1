"""A delivery carries a notice or an invitation. The rows that stand are checked by the next one,
without the lock that holds the sweep up.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_notices"),
        ("parties", "0002_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="invitation",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.CASCADE, to="parties.invitation"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="notice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to="notifications.notice"
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("invitation__isnull", True), ("notice__isnull", False)),
                    models.Q(("invitation__isnull", False), ("notice__isnull", True)),
                    _connector="OR",
                ),
                name="notifications_delivery_of_one_thing",
            ),
        ),
    ]
