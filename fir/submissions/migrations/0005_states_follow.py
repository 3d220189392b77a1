"""Comments and waivers stay, a waiver's copy of the bringer is true, and states follow each other.

A submission that was brought waits until it is returned, approved or closed. An approved one is
published, or waits again when its approval is cancelled or it may no longer be published. What was
returned, published or closed has come to its end.
"""

from django.db import migrations

LOCKED = ["submissions_comment", "submissions_findingwaiver"]

LOCK = """
CREATE TRIGGER {table}_is_locked BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER {table}_is_locked ON {table}"

KEEP_TRUE = """
ALTER TABLE submissions_findingwaiver
    ADD CONSTRAINT submissions_waiver_brought_by
    FOREIGN KEY (submission_id, submitted_answerable, submitted_party)
    REFERENCES submissions_submission (id, submitted_answerable, submitted_party)
"""

STATES_FOLLOW = """
CREATE FUNCTION submissions_states_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('SUBMITTED', 'RETURNED'), ('SUBMITTED', 'APPROVED'), ('SUBMITTED', 'CLOSED'),
        ('APPROVED', 'PUBLISHED'), ('APPROVED', 'SUBMITTED'), ('APPROVED', 'CLOSED')
    ) THEN
        RAISE EXCEPTION 'A submission that is % does not become %.', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submissions_states_follow BEFORE UPDATE OF state ON submissions_submission
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION submissions_states_follow();
"""
STATES_FREE = """
DROP TRIGGER submissions_states_follow ON submissions_submission;
DROP FUNCTION submissions_states_follow();
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0004_kinds_and_drafts"), ("cpl", "0002_lock_list")]

    operations = [
        *(migrations.RunSQL(LOCK.format(table=t), UNLOCK.format(table=t)) for t in LOCKED),
        migrations.RunSQL(
            KEEP_TRUE,
            "ALTER TABLE submissions_findingwaiver DROP CONSTRAINT submissions_waiver_brought_by",
        ),
        migrations.RunSQL(STATES_FOLLOW, STATES_FREE),
    ]
