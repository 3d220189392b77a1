-- Finds every row of a load but the first of its device, and whether it says the same.
-- Not the ORM: the tables are the load's own and have no model. Rows of one line have one place.
-- Called by fir.estates.building.leave_out_repeated.
CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS
SELECT
    place, device_id, (hub_id, cohort_id) IS DISTINCT FROM (first_hub, first_cohort) AS differs,
    is_placed, row_id
FROM (
    SELECT
        *, row_number() OVER rows_of_device AS rank,
        first_value(hub_id) OVER rows_of_device AS first_hub,
        first_value(cohort_id) OVER rows_of_device AS first_cohort
    FROM (
        SELECT device_id, hub_id, cohort_id, place, true AS is_placed, ctid AS row_id
        FROM {devices}
        UNION ALL
        SELECT device_id, hub_id, cohort_id, place, false, ctid FROM {received}
    ) AS every
    WINDOW rows_of_device AS (PARTITION BY device_id ORDER BY place, row_id)
) AS ranked
WHERE rank > 1
