"""The list as it stands now: every entry with its newest revision, certificates and status."""

from django.db import migrations

VIEW = """
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
) AS changed ON true
"""


class Migration(migrations.Migration):
    dependencies = [("cpl", "0002_lock_list")]

    operations = [migrations.RunSQL(VIEW, "DROP VIEW cpl_listedentry")]
