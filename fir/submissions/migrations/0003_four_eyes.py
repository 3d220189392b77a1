"""A Decision's copy of who brought the submission is held true by a foreign key.

The CHECK `submissions_four_eyes` compares that copy with the decider; without this key the copy
could say anything.
"""

from django.db import migrations

KEEP_TRUE = """
ALTER TABLE submissions_decision
    ADD CONSTRAINT submissions_decision_brought_by
    FOREIGN KEY (submission_id, submitted_answerable, submitted_party)
    REFERENCES submissions_submission (id, submitted_answerable, submitted_party)
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0002_lock_decisions")]

    operations = [
        migrations.RunSQL(
            KEEP_TRUE,
            "ALTER TABLE submissions_decision DROP CONSTRAINT submissions_decision_brought_by",
        )
    ]
