-- Writes down how many devices each of a load's cohorts has.
-- Not the ORM: it reads the temporary table that count_devices.sql made.
-- Called by fir.estates.building.count_cohorts.
UPDATE estates_cohort AS cohort SET device_count = counted.devices
FROM counted WHERE cohort.id = counted.cohort_id
