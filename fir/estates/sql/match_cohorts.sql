-- Says which cohort of a load is the same as each of its base, and which is the same but for a hub.
-- Not the ORM: the answer is a temporary table that millions of rows are joined to.
-- Called by fir.estates.building.carry_base.
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
SELECT
    former.id AS former_id, same.id AS cohort_id, own.id AS own_id,
    former.device_type = ANY({readers}) AS reads_hub
FROM estates_cohort AS former
JOIN estates_cohort AS same
    ON same.load_id = {load}
    AND (
        same.device_type, same.manufacturer_identifier, same.device_model,
        same.firmware_version, same.device_status, same.responsible_roles, same.listable,
        same.hub_manufacturer, same.hub_model, same.hub_version
    ) = (
        former.device_type, former.manufacturer_identifier, former.device_model,
        former.firmware_version, former.device_status, former.responsible_roles, former.listable,
        former.hub_manufacturer, former.hub_model, former.hub_version
    )
JOIN estates_cohort AS own
    ON own.load_id = {load}
    AND (
        own.device_type, own.manufacturer_identifier, own.device_model,
        own.firmware_version, own.device_status, own.responsible_roles, own.listable,
        own.hub_manufacturer, own.hub_model, own.hub_version
    ) = (
        former.device_type, former.manufacturer_identifier, former.device_model,
        former.firmware_version, former.device_status, former.responsible_roles, former.listable,
        '', '', ''
    )
WHERE former.load_id = {base}
