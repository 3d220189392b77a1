-- Adds the cohorts that devices which read their hub's facts make with them.
-- Not the ORM: it reads the temporary table that face_hubs.sql made.
-- Called by fir.estates.building.place_waiting.
INSERT INTO estates_cohort (load_id, {facts}, device_count)
SELECT {load}, {facts}, 0 FROM faced
EXCEPT
SELECT load_id, {facts}, 0 FROM estates_cohort WHERE load_id = {load}
