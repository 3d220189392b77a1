-- Finds the hub of each device that waits for it, as far as the estate holds the hub, or a delta.
-- Not the ORM: the tables are the load's own and have no model.
-- Called by fir.estates.building.place_waiting.
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
SELECT
    waiting.device_id, waiting.hub_id, waiting.place,
    waiting.cohort_id AS own_id, coalesce(hub.cohort_id, -1) AS hub_cohort_id
FROM {received} AS waiting
LEFT JOIN (
    SELECT device_id, cohort_id FROM {devices} WHERE cohort_id = ANY({hubs}::bigint[])
    UNION ALL
    SELECT device_id, cohort_id FROM {received} WHERE cohort_id = ANY({hubs}::bigint[])
) AS hub ON hub.device_id = waiting.hub_id
WHERE waiting.cohort_id = ANY({waiting}::bigint[])
