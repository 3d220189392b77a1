"""Reminders are locked, and the repository's view shows when the DCC loaded an entry."""

from django.db import migrations

LOCK = """
CREATE TRIGGER records_certificatereminder_is_locked
    BEFORE UPDATE OR DELETE OR TRUNCATE ON records_certificatereminder
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER records_certificatereminder_is_locked ON records_certificatereminder"

VIEW = """
DROP VIEW IF EXISTS records_repositoryentry;
CREATE VIEW records_repositoryentry AS
SELECT
    listed.*,
    record.id AS record_id,
    coalesce(record.pathway, 'UNKNOWN') AS pathway,
    ARRAY(
        SELECT before.cpl_entry_id
        FROM records_upgradepathway AS step
        JOIN cpl_cplentry AS before ON before.id = step.predecessor_id
        WHERE step.record_id = record.id
        ORDER BY before.cpl_entry_id
    ) AS predecessors,
    coalesce(record.release_notes, '') AS release_notes,
    record.published_at,
    capability.carries_updates
FROM cpl_listedentry AS listed
LEFT JOIN records_firmwarerecord AS record
    ON record.entry_id = listed.entry_id
    AND NOT EXISTS (
        SELECT FROM records_firmwarerecord AS newer WHERE newer.supersedes_id = record.id
    )
LEFT JOIN LATERAL (
    SELECT one.carries_updates FROM records_hubcapability AS one
    WHERE one.entry_id = listed.entry_id ORDER BY one.id DESC LIMIT 1
) AS capability ON true
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0004_list_keeping"), ("cpl", "0005_loaded")]

    operations = [
        migrations.RunSQL(LOCK, UNLOCK),
        # On the way back the list's own migration makes both views as they were.
        migrations.RunSQL(VIEW, migrations.RunSQL.noop),
    ]
