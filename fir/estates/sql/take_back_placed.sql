-- Takes devices whose cohort depends on their hub's facts from among the others, to be placed anew:
-- each into the cohort of its own facts. Not the ORM: the tables are the load's own.
-- Called by fir.estates.building.take_back_placed.
WITH placed AS (
    SELECT faced.id, own.id AS own_id
    FROM estates_cohort AS faced
    JOIN estates_cohort AS own ON own.load_id = {load} AND ({own_facts}) = ({faced_said}, '', '', '')
    WHERE faced.load_id = {load} AND faced.device_type = ANY({readers})
),
taken AS (
    DELETE FROM {devices} AS device USING placed WHERE device.cohort_id = placed.id
    RETURNING device.device_id, device.hub_id, placed.own_id, device.place
)
INSERT INTO {received} (device_id, hub_id, cohort_id, place)
SELECT device_id, hub_id, own_id, place FROM taken
