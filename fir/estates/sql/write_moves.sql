-- Writes what became of devices between two loads: each of their facts then, and their cohort now.
-- Not the ORM: it reads the temporary table that pair_devices.sql made.
-- Called by fir.estates.tables.compare_loads.
INSERT INTO estates_cohortmove (
    load_id, cohort_id, former_device_type, former_manufacturer_identifier, former_device_model,
    former_firmware_version, former_device_status, device_count
)
SELECT
    {load}, pair.cohort_id, coalesce(former.device_type, ''),
    coalesce(former.manufacturer_identifier, ''), coalesce(former.device_model, ''),
    coalesce(former.firmware_version, ''), coalesce(former.device_status, ''),
    sum(pair.device_count)
FROM pair
LEFT JOIN estates_cohort AS former ON former.id = pair.former_id
LEFT JOIN estates_cohort AS cohort ON cohort.id = pair.cohort_id
WHERE (
    former.device_type, former.manufacturer_identifier, former.device_model,
    former.firmware_version, former.device_status, former.responsible_roles, former.listable,
    former.hub_manufacturer, former.hub_model, former.hub_version
) IS DISTINCT FROM (
    cohort.device_type, cohort.manufacturer_identifier, cohort.device_model,
    cohort.firmware_version, cohort.device_status, cohort.responsible_roles, cohort.listable,
    cohort.hub_manufacturer, cohort.hub_model, cohort.hub_version
)
GROUP BY 1, 2, 3, 4, 5, 6, 7
