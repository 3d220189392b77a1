"""The repository's view shows what is archived and what is recalled; both rows stay for good."""

from django.db import migrations

LOCKED = ["records_archival", "records_recall"]

LOCK = """
CREATE TRIGGER {table}_is_locked BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER {table}_is_locked ON {table}"

VIEW = """
DROP VIEW IF EXISTS records_repositoryentry;
CREATE VIEW records_repositoryentry AS
SELECT
    listed.*,
    record.id AS record_id,
    record.supersedes_id,
    coalesce(record.pathway, 'UNKNOWN') AS pathway,
    ARRAY(
        SELECT before.cpl_entry_id
        FROM records_upgradepathway AS step
        JOIN cpl_cplentry AS before ON before.id = step.predecessor_id
        WHERE step.record_id = record.id
        ORDER BY before.cpl_entry_id
    ) AS predecessors,
    {facts}
    record.published_at,
    capability.carries_updates{standing}
FROM cpl_listedentry AS listed
LEFT JOIN records_firmwarerecord AS record
    ON record.entry_id = listed.entry_id
    AND NOT EXISTS (
        SELECT FROM records_firmwarerecord AS newer WHERE newer.supersedes_id = record.id
    )
LEFT JOIN LATERAL (
    SELECT one.carries_updates FROM records_hubcapability AS one
    WHERE one.entry_id = listed.entry_id ORDER BY one.id DESC LIMIT 1
) AS capability ON true{joins}
"""
NOTES = "coalesce(record.release_notes, '') AS release_notes,"
FACTS = """
    coalesce(record.purposes, '{}') AS purposes,
    record.security_relevant,
    record.interrupts_hub_power,
    coalesce(record.minimum_hardware_version, '') AS minimum_hardware_version,
    coalesce(record.maximum_hardware_version, '') AS maximum_hardware_version,
    record.image_size,
    record.end_of_support,
    coalesce(record.activation_advice, '') AS activation_advice,"""
STANDING = """,
    archival.recorded_at AS archived_at,
    coalesce(archival.cause, '') AS archive_cause,
    coalesce(archival.reason, '') AS archive_reason,
    recall.recorded_at AS recalled_at,
    coalesce(recall.reason, '') AS recall_reason"""
JOINS = """
LEFT JOIN LATERAL (
    SELECT one.state, one.recorded_at, one.cause, one.reason FROM records_archival AS one
    WHERE one.entry_id = listed.entry_id ORDER BY one.id DESC LIMIT 1
) AS archival ON archival.state = 'ARCHIVED'
LEFT JOIN LATERAL (
    SELECT one.state, one.recorded_at, one.reason FROM records_recall AS one
    WHERE one.entry_id = listed.entry_id ORDER BY one.id DESC LIMIT 1
) AS recall ON recall.state = 'RECALLED'"""


def view(standing: str, joins: str) -> str:
    """The statement that makes the view, with or without how releases stand."""
    said = VIEW.replace("{facts}", NOTES + FACTS)
    return said.replace("{standing}", standing).replace("{joins}", joins)


class Migration(migrations.Migration):
    dependencies = [("records", "0010_archivals_and_recalls"), ("cpl", "0002_lock_list")]

    operations = [
        *(migrations.RunSQL(LOCK.format(table=t), UNLOCK.format(table=t)) for t in LOCKED),
        migrations.RunSQL(view(STANDING, JOINS), view("", "")),
    ]
