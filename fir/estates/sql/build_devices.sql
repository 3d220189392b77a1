-- Builds a load's device table: each device with its hub and its cohort.
-- Not the ORM: both tables are the load's own and have no model.
-- Called by fir.estates.tables.build_devices.
CREATE TABLE {devices} AS
SELECT device.device_id, device.hub_id, cohort.id AS cohort_id
FROM {received} AS device
LEFT JOIN {received} AS fellow ON fellow.device_id = device.hub_id
JOIN estates_loadconfiguration AS own
    ON own.load_id = {load} AND own.number = device.configuration
LEFT JOIN estates_loadconfiguration AS hub
    ON hub.load_id = {load} AND hub.number = fellow.configuration
    AND own.reads_hub AND hub.device_type = 'CHF'
JOIN estates_cohort AS cohort
    ON cohort.load_id = {load}
    AND cohort.device_type = own.device_type
    AND cohort.manufacturer_identifier = own.manufacturer_identifier
    AND cohort.device_model = own.device_model
    AND cohort.firmware_version = own.firmware_version
    AND cohort.device_status = own.device_status
    AND cohort.responsible_roles = own.responsible_roles
    AND cohort.listable = own.listable
    AND cohort.hub_manufacturer = coalesce(hub.manufacturer_identifier, '')
    AND cohort.hub_model = coalesce(hub.device_model, '')
    AND cohort.hub_version = coalesce(hub.firmware_version, '')
