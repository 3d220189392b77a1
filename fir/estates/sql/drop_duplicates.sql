-- Leaves one row a device in what a load received: the first; counts the others and names some.
-- Not the ORM: the table is the load's own and has no model.
-- Called by fir.estates.tables.drop_duplicates.
WITH ranked AS (
    SELECT ctid AS place, row_number() OVER (PARTITION BY device_id ORDER BY line) AS rank
    FROM {received}
), gone AS (
    DELETE FROM {received} USING ranked
    WHERE {received}.ctid = ranked.place AND ranked.rank > 1
    RETURNING {received}.line, {received}.device_id
)
SELECT count(*) OVER (), line, device_id FROM gone ORDER BY line LIMIT %(most)s
