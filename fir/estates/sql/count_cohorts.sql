-- Counts a load's cohorts: its devices by the facts that rules read, the hub's only where read.
-- Not the ORM: it reads the temporary table that pair_configurations.sql made.
-- Called by fir.estates.tables.count_cohorts.
INSERT INTO estates_cohort (
    load_id, device_type, manufacturer_identifier, device_model, firmware_version, device_status,
    responsible_roles, listable, hub_manufacturer, hub_model, hub_version, device_count
)
SELECT
    own.load_id, own.device_type, own.manufacturer_identifier, own.device_model,
    own.firmware_version, own.device_status, own.responsible_roles, own.listable,
    coalesce(hub.manufacturer_identifier, ''), coalesce(hub.device_model, ''),
    coalesce(hub.firmware_version, ''), sum(pair.device_count)
FROM pair
JOIN estates_loadconfiguration AS own
    ON own.load_id = {load} AND own.number = pair.configuration
LEFT JOIN estates_loadconfiguration AS hub
    ON hub.load_id = {load} AND hub.number = pair.hub_configuration
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
