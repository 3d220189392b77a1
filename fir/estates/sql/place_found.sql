-- Puts devices whose hubs were looked for among the load's devices, each in its cohort.
-- Not the ORM: both tables are the load's own and have no model.
-- Called by fir.estates.building.place_waiting.
WITH placed AS (
    SELECT faced.own_id, faced.hub_cohort_id, same.id AS cohort_id
    FROM faced
    JOIN estates_cohort AS same
        ON same.load_id = {load}
        AND (
            same.device_type, same.manufacturer_identifier, same.device_model,
            same.firmware_version, same.device_status, same.responsible_roles, same.listable,
            same.hub_manufacturer, same.hub_model, same.hub_version
        ) = (
            faced.device_type, faced.manufacturer_identifier, faced.device_model,
            faced.firmware_version, faced.device_status, faced.responsible_roles, faced.listable,
            faced.hub_manufacturer, faced.hub_model, faced.hub_version
        )
)
INSERT INTO {devices} (device_id, hub_id, cohort_id, place)
SELECT found.device_id, found.hub_id, placed.cohort_id, found.place
FROM found
JOIN placed USING (own_id, hub_cohort_id)
