"""What was decided stays."""

from django.db import migrations

LOCKED = ["submissions_decision"]

LOCK = """
CREATE TRIGGER {table}_is_locked BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER {table}_is_locked ON {table}"


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_submissions"), ("cpl", "0002_lock_list")]

    operations = [
        migrations.RunSQL(LOCK.format(table=table), UNLOCK.format(table=table)) for table in LOCKED
    ]
