-- Finds every row of a load but the first of its device, and whether it says the same.
-- Not the ORM: the tables are the load's own and have no model.
-- Called by fir.estates.building.leave_out_repeated.
CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS
SELECT place, device_id, (hub_id, cohort_id) IS DISTINCT FROM (first_hub, first_cohort) AS differs
FROM (
    SELECT
        *, row_number() OVER rows_of_device AS rank,
        first_value(hub_id) OVER rows_of_device AS first_hub,
        first_value(cohort_id) OVER rows_of_device AS first_cohort
    FROM (SELECT * FROM {devices} UNION ALL SELECT * FROM {received}) AS every
    WINDOW rows_of_device AS (PARTITION BY device_id ORDER BY place)
) AS ranked
WHERE rank > 1
