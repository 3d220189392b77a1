-- Says where each device that waited belongs: as what was said of it, or as that and its hub tell.
-- Not the ORM: the tables are the load's own and have no model. What is to be removed is left out.
-- Called by fir.estates.building.place_waiting.
CREATE TEMPORARY VIEW arrived AS
SELECT found.device_id, found.hub_id, same.id AS cohort_id, found.place
FROM found
JOIN faced USING (own_id, hub_cohort_id)
JOIN estates_cohort AS same ON same.load_id = {load} AND ({same_facts}) = ({faced_facts})
UNION ALL
SELECT device_id, hub_id, cohort_id, place
FROM {received}
WHERE cohort_id <> ALL({waiting}::bigint[]) AND cohort_id <> ALL({removed}::bigint[])
