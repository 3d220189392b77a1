"""When the DCC loaded an entry stands on its line; what was recorded of it, and of files, is locked."""

from django.db import migrations

LOCKED = ["cpl_loadconfirmation", "cpl_knownfile"]

LOCK = """
CREATE TRIGGER {table}_is_locked BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
UNLOCK = "DROP TRIGGER {table}_is_locked ON {table}"

# The columns of before, then the new one: a view that others are built on can only grow at its end.
VIEW = """
CREATE OR REPLACE VIEW cpl_listedentry AS
SELECT
    entry.id AS entry_id,
    entry.cpl_entry_id,
    model.id AS model_id,
    model.device_type,
    maker.identifier AS manufacturer_identifier,
    said.manufacturer_name,
    model.device_model,
    entry.firmware_version,
    said.smets_chts_version,
    said.gbcs_version,
    said.esme_variant,
    said.manufacturer_image_hash,
    assured.cpa_certificate_id,
    assured.cpa_expiry_date,
    assured.cpa_renewal_date,
    assured.zigbee_certificate_id,
    assured.dlms_certificate_id,
    coalesce(changed.status, 'CURRENT') AS status,
    entry.date_added,
    CASE WHEN changed.status = 'REMOVED' THEN changed.status_date END AS date_removed,
    CASE WHEN changed.status = 'REMOVED' THEN changed.reason ELSE '' END AS removal_reason,
    loaded.loaded_on
FROM cpl_cplentry AS entry
JOIN cpl_devicemodel AS model ON model.id = entry.device_model_id
JOIN cpl_manufacturer AS maker ON maker.id = model.manufacturer_id
JOIN LATERAL (
    SELECT * FROM cpl_entryrevision AS one
    WHERE one.entry_id = entry.id ORDER BY one.id DESC LIMIT 1
) AS said ON true
JOIN LATERAL (
    SELECT * FROM cpl_entrycertificates AS one
    WHERE one.entry_id = entry.id ORDER BY one.id DESC LIMIT 1
) AS assured ON true
LEFT JOIN LATERAL (
    SELECT * FROM cpl_statuschange AS one
    WHERE one.entry_id = entry.id ORDER BY one.id DESC LIMIT 1
) AS changed ON true
LEFT JOIN LATERAL (
    SELECT * FROM cpl_loadconfirmation AS one
    WHERE one.entry_id = entry.id ORDER BY one.id DESC LIMIT 1
) AS loaded ON true
"""


# A view cannot lose a column while another is built on it: both are made anew as they were.
VIEW_AS_IT_WAS = """
DROP VIEW IF EXISTS records_repositoryentry;
DROP VIEW cpl_listedentry;
CREATE VIEW cpl_listedentry AS
SELECT
    entry.id AS entry_id,
    entry.cpl_entry_id,
    model.id AS model_id,
    model.device_type,
    maker.identifier AS manufacturer_identifier,
    said.manufacturer_name,
    model.device_model,
    entry.firmware_version,
    said.smets_chts_version,
    said.gbcs_version,
    said.esme_variant,
    said.manufacturer_image_hash,
    assured.cpa_certificate_id,
    assured.cpa_expiry_date,
    assured.cpa_renewal_date,
    assured.zigbee_certificate_id,
    assured.dlms_certificate_id,
    coalesce(changed.status, 'CURRENT') AS status,
    entry.date_added,
    CASE WHEN changed.status = 'REMOVED' THEN changed.status_date END AS date_removed,
    CASE WHEN changed.status = 'REMOVED' THEN changed.reason ELSE '' END AS removal_reason
FROM cpl_cplentry AS entry
JOIN cpl_devicemodel AS model ON model.id = entry.device_model_id
JOIN cpl_manufacturer AS maker ON maker.id = model.manufacturer_id
JOIN LATERAL (
    SELECT * FROM cpl_entryrevision AS one
    WHERE one.entry_id = entry.id ORDER BY one.id DESC LIMIT 1
) AS said ON true
JOIN LATERAL (
    SELECT * FROM cpl_entrycertificates AS one
    WHERE one.entry_id = entry.id ORDER BY one.id DESC LIMIT 1
) AS assured ON true
LEFT JOIN LATERAL (
    SELECT * FROM cpl_statuschange AS one
    WHERE one.entry_id = entry.id ORDER BY one.id DESC LIMIT 1
) AS changed ON true;
DO $$ BEGIN IF to_regclass('records_firmwarerecord') IS NOT NULL THEN
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
) AS capability ON true;
END IF; END $$
"""


class Migration(migrations.Migration):
    dependencies = [("cpl", "0004_catalogue")]

    operations = [
        *(
            migrations.RunSQL(LOCK.format(table=table), UNLOCK.format(table=table))
            for table in LOCKED
        ),
        migrations.RunSQL(VIEW, VIEW_AS_IT_WAS),
    ]
