-- Gives a load every cohort of its base; those that read a hub's facts also without them.
-- Not the ORM: one statement adds what is missing, whoever had it first.
-- Called by fir.estates.building.carry_base.
INSERT INTO estates_cohort (load_id, {facts}, device_count)
SELECT DISTINCT {load}, {former_said}, hub.manufacturer, hub.model, hub.version, 0
FROM estates_cohort AS former
CROSS JOIN LATERAL (
    VALUES
        (former.hub_manufacturer, former.hub_model, former.hub_version),
        ('', '', '')
) AS hub (manufacturer, model, version)
WHERE former.load_id = {base}
EXCEPT
SELECT load_id, {facts}, 0 FROM estates_cohort WHERE load_id = {load}
