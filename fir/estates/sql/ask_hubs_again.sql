-- Lets devices of a load's base whose hub a change names wait for it like those that changed.
-- Not the ORM: the tables are the loads' own and have no model.
-- Called by fir.estates.building.carry_base.
INSERT INTO {received} (device_id, hub_id, cohort_id)
SELECT device.device_id, device.hub_id, kept.own_id
FROM {base_devices} AS device
JOIN kept ON kept.former_id = device.cohort_id AND kept.reads_hub
JOIN {received} AS hub ON hub.device_id = device.hub_id
LEFT JOIN {received} AS change ON change.device_id = device.device_id
WHERE change.device_id IS NULL
