-- Leaves one row a device in what a load received: the first; answers the lines of the others.
-- Not the ORM: the table is the load's own and has no model.
-- Called by fir.estates.tables.drop_duplicates.
WITH ranked AS (
    SELECT ctid AS place, row_number() OVER (PARTITION BY device_id ORDER BY line) AS rank
    FROM {received}
)
DELETE FROM {received} USING ranked
WHERE {received}.ctid = ranked.place AND ranked.rank > 1
RETURNING {received}.line, {received}.device_id
