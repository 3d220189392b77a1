-- Counts a load's devices by cohort.
-- Not the ORM: the devices' table is the load's own and has no model; workers help with a table only.
-- Called by fir.estates.building.count_cohorts.
CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
SELECT cohort_id, count(*) AS devices FROM {devices} GROUP BY 1
