-- Finds which configurations of a load stand behind hubs of which configuration, and how often.
-- Not the ORM: it joins the load's own table to itself; what follows joins numbers, not facts.
-- Called by fir.estates.tables.count_cohorts.
CREATE TEMPORARY TABLE pair AS
SELECT
    device.configuration,
    coalesce(hub.configuration, -1) AS hub_configuration,
    count(*) AS device_count,
    NULL::bigint AS cohort_id
FROM {received} AS device
LEFT JOIN {received} AS hub
    ON hub.device_id = device.hub_id
    AND device.configuration = ANY({readers}::int[])
    AND hub.configuration = ANY({hubs}::int[])
GROUP BY 1, 2
