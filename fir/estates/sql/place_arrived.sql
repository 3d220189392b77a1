-- Puts devices that waited among the load's devices.
-- Not the ORM: the devices' table is the load's own and has no model.
-- Called by fir.estates.building.place_waiting.
INSERT INTO {devices} (device_id, hub_id, cohort_id, place)
SELECT device_id, hub_id, cohort_id, place FROM arrived
