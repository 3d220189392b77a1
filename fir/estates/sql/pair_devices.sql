-- Counts, by cohort then and cohort now, what became of every device between two loads.
-- Not the ORM: both tables are the loads' own and have no model.
-- Called by fir.estates.tables.compare_loads.
CREATE TEMPORARY TABLE pair ON COMMIT DROP AS
SELECT former.cohort_id AS former_id, device.cohort_id, count(*) AS device_count
FROM {former} AS former
FULL JOIN {devices} AS device USING (device_id)
GROUP BY 1, 2
