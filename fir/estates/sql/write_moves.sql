-- Writes what became of devices between two loads: each of their facts then, and their cohort now.
-- Not the ORM: it reads the temporary table that a file of pairs made.
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
WHERE ({former_facts}) IS DISTINCT FROM ({cohort_facts})
GROUP BY 1, 2, 3, 4, 5, 6, 7
