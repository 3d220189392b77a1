-- Carries over every device of a load's base that no change names, and whose hub none names.
-- Not the ORM: the tables are the loads' own and have no model.
-- Called by fir.estates.building.carry_base.
INSERT INTO {devices} (device_id, hub_id, cohort_id)
SELECT device.device_id, device.hub_id, kept.cohort_id
FROM {base_devices} AS device
JOIN kept ON kept.former_id = device.cohort_id
LEFT JOIN {received} AS change ON change.device_id = device.device_id
LEFT JOIN {received} AS hub ON hub.device_id = device.hub_id AND kept.reads_hub
WHERE change.device_id IS NULL AND hub.device_id IS NULL
