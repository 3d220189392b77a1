-- Counts the devices of each of a load's cohorts anew.
-- Not the ORM: the devices' table is the load's own and has no model.
-- Called by fir.estates.building.count_anew.
UPDATE estates_cohort AS cohort SET device_count = coalesce(counted.devices, 0)
FROM estates_cohort AS every
LEFT JOIN (SELECT cohort_id, count(*) AS devices FROM {devices} GROUP BY 1) AS counted
    ON counted.cohort_id = every.id
WHERE every.load_id = {load} AND cohort.id = every.id
