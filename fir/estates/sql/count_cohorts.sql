-- Counts the devices of each of a load's cohorts.
-- Not the ORM: the devices' table is the load's own and has no model.
-- Called by fir.estates.building.count_cohorts.
UPDATE estates_cohort AS cohort SET device_count = counted.devices
FROM (SELECT cohort_id, count(*) AS devices FROM {devices} GROUP BY 1) AS counted
WHERE cohort.id = counted.cohort_id
