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


class Migration(migrations.Migration):
    dependencies = [("cpl", "0004_catalogue")]

    operations = [
        *(
            migrations.RunSQL(LOCK.format(table=table), UNLOCK.format(table=table))
            for table in LOCKED
        ),
        # Back again, the view keeps its last column: what is built on it reads it by name.
        migrations.RunSQL(VIEW, migrations.RunSQL.noop),
    ]
