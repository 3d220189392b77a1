-- Counts, by cohort then and cohort now, what became of the devices that a delta changed.
-- Not the ORM: it reads the temporary table and view that the delta was built with.
-- Called by fir.estates.building.place_waiting.
CREATE TEMPORARY TABLE pair ON COMMIT DROP AS
SELECT former.cohort_id AS former_id, arrived.cohort_id, count(*) AS device_count
FROM left_behind AS former
FULL JOIN arrived USING (device_id)
GROUP BY 1, 2
