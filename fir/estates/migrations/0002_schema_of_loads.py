"""The schema in which alone the application role may create tables: one or two for each load."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("estates", "0001_estates")]

    operations = [migrations.RunSQL("CREATE SCHEMA loads", "DROP SCHEMA loads")]
