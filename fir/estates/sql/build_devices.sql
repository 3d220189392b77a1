-- Builds a load's device table: each device with its hub and its cohort.
-- Not the ORM: both tables are the load's own and have no model.
-- Called by fir.estates.tables.build_devices.
CREATE TABLE {devices} AS
SELECT device.device_id, device.hub_id, pair.cohort_id
FROM {received} AS device
LEFT JOIN {received} AS hub
    ON hub.device_id = device.hub_id
    AND device.configuration = ANY({readers}::int[])
    AND hub.configuration = ANY({hubs}::int[])
JOIN pair
    ON pair.configuration = device.configuration
    AND pair.hub_configuration = coalesce(hub.configuration, -1)
