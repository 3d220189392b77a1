-- Writes down how many devices of a base were carried over into each cohort.
-- Not the ORM: a statement for each cohort would take longer than carrying them.
-- Called by fir.estates.carrying.carry_devices.
UPDATE estates_cohort AS cohort SET device_count = carried.devices
FROM unnest({cohorts}::bigint[], {counts}::bigint[]) AS carried (cohort_id, devices)
WHERE cohort.id = carried.cohort_id
