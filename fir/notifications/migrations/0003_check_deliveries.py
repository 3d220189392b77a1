"""Every delivery that stood before carries one thing too."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_invitations")]

    operations = [ValidateConstraint("delivery", "notifications_delivery_of_one_thing")]
