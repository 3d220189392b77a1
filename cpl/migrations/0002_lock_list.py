"""What was listed is never changed: the database refuses UPDATE, DELETE and TRUNCATE.

`refuse_change` serves every locked table of FIR. It is our own function rather than a library's,
because those carry a switch that any client can set.
"""

from django.db import migrations

LOCKED = [
    "cpl_manufacturer",
    "cpl_devicemodel",
    "cpl_cplentry",
    "cpl_entryrevision",
    "cpl_entrycertificates",
    "cpl_statuschange",
]

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is locked: % is refused. What was published is never changed.',
        TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$
"""

LOCK = """
CREATE TRIGGER {table}_is_locked BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER {table}_is_locked ON {table}"


class Migration(migrations.Migration):
    dependencies = [("cpl", "0001_list")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change()"),
        *(
            migrations.RunSQL(LOCK.format(table=table), UNLOCK.format(table=table))
            for table in LOCKED
        ),
    ]
