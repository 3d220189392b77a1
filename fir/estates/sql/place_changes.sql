-- Puts changed devices whose cohort depends on no hub among the load's devices; the removed go.
-- Not the ORM: the tables are the load's own and have no model.
-- Called by fir.estates.building.carry_base.
WITH ready AS (
    DELETE FROM {received} AS change
    USING estates_cohort AS cohort
    WHERE cohort.id = change.cohort_id
        AND (cohort.device_type <> ALL({readers}) OR upper(cohort.device_status) = {removed})
    RETURNING change.*, upper(cohort.device_status) = {removed} AS is_removed
)
INSERT INTO {devices} (device_id, hub_id, cohort_id, place)
SELECT device_id, hub_id, cohort_id, place FROM ready WHERE NOT is_removed
