-- Says of every pair of configurations which cohort its devices belong to.
-- Not the ORM: it changes the temporary table that pair_configurations.sql made.
-- Called by fir.estates.tables.count_cohorts.
UPDATE pair SET cohort_id = matched.cohort_id
FROM (
    SELECT one.configuration, one.hub_configuration, cohort.id AS cohort_id
    FROM pair AS one
    JOIN estates_loadconfiguration AS own
        ON own.load_id = {load} AND own.number = one.configuration
    LEFT JOIN estates_loadconfiguration AS hub
        ON hub.load_id = {load} AND hub.number = one.hub_configuration
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
) AS matched
WHERE pair.configuration = matched.configuration
    AND pair.hub_configuration = matched.hub_configuration
