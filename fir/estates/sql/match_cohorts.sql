-- Says which cohort of a load is the same as each of its base, and which is the same but for a hub.
-- Not the ORM: the answer is a temporary table that all devices are matched with.
-- Called by fir.estates.building.carry_base.
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
SELECT
    former.id AS former_id, same.id AS cohort_id, own.id AS own_id,
    former.device_type = ANY({readers}) AS reads_hub
FROM estates_cohort AS former
JOIN estates_cohort AS same ON same.load_id = {load} AND ({same_facts}) = ({former_facts})
JOIN estates_cohort AS own ON own.load_id = {load} AND ({own_facts}) = ({former_said}, '', '', '')
WHERE former.load_id = {base}
