"""The repository's view shows what records say of a release, and which of them are corrections."""

from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("records", "0008_release_facts")]

    operations = [
        migrations.RunSQL(VIEW.replace("{facts}", NOTES + FACTS), VIEW.replace("{facts}", NOTES))
    ]
