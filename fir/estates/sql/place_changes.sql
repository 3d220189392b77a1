-- Puts changed devices whose cohort depends on no hub among the load's devices; the removed stay out.
-- Not the ORM: the tables are the load's own and have no model.
-- Called by fir.estates.building.carry_base.
INSERT INTO {devices} (device_id, hub_id, cohort_id, place)
SELECT change.device_id, change.hub_id, change.cohort_id, change.place
FROM {received} AS change
JOIN estates_cohort AS cohort ON cohort.id = change.cohort_id
WHERE cohort.device_type <> ALL({readers})
    AND cohort.id <> ALL({removed}::bigint[])
