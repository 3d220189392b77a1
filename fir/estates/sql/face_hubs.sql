-- Says which facts devices that were looked for have together with their hub's.
-- Not the ORM: it reads the temporary table that find_hubs.sql made, and makes another.
-- Called by fir.estates.building.place_waiting.
CREATE TEMPORARY TABLE faced ON COMMIT DROP AS
SELECT
    pair.own_id, pair.hub_cohort_id, {own_said},
    coalesce(hub.manufacturer_identifier, '') AS hub_manufacturer,
    coalesce(hub.device_model, '') AS hub_model, coalesce(hub.firmware_version, '') AS hub_version
FROM (SELECT DISTINCT own_id, hub_cohort_id FROM found) AS pair
JOIN estates_cohort AS own ON own.id = pair.own_id
LEFT JOIN estates_cohort AS hub ON hub.id = pair.hub_cohort_id
