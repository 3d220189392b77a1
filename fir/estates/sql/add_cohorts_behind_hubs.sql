-- Adds the cohorts that devices which read their hub's facts make with them.
-- Not the ORM: it reads the temporary table that face_hubs.sql made.
-- Called by fir.estates.building.place_waiting.
INSERT INTO estates_cohort (
    load_id, device_type, manufacturer_identifier, device_model, firmware_version, device_status,
    responsible_roles, listable, hub_manufacturer, hub_model, hub_version, device_count
)
SELECT
    {load}, device_type, manufacturer_identifier, device_model, firmware_version, device_status,
    responsible_roles, listable, hub_manufacturer, hub_model, hub_version, 0
FROM faced
EXCEPT
SELECT
    load_id, device_type, manufacturer_identifier, device_model, firmware_version, device_status,
    responsible_roles, listable, hub_manufacturer, hub_model, hub_version, 0
FROM estates_cohort
WHERE load_id = {load}
