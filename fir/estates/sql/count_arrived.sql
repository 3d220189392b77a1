-- Adds devices that waited to those that their cohorts have already.
-- Not the ORM: it reads the temporary view that find_arrived.sql made.
-- Called by fir.estates.building.place_waiting.
UPDATE estates_cohort AS cohort SET device_count = cohort.device_count + counted.devices
FROM (SELECT cohort_id, count(*) AS devices FROM arrived GROUP BY 1) AS counted
WHERE cohort.id = counted.cohort_id
