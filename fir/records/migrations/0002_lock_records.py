"""What was published stays: a correction is another record that supersedes the old one."""

from django.db import migrations

LOCKED = ["records_firmwarerecord", "records_upgradepathway", "records_hubcapability"]

LOCK = """
CREATE TRIGGER {table}_is_locked BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER {table}_is_locked ON {table}"


class Migration(migrations.Migration):
    dependencies = [("records", "0001_records"), ("cpl", "0002_lock_list")]

    operations = [
        migrations.RunSQL(LOCK.format(table=table), UNLOCK.format(table=table)) for table in LOCKED
    ]
