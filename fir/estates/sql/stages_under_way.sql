-- Tells which stage each worker says it is at, and how much of an index it has built there.
-- Not the ORM: both are PostgreSQL's own views. It reads the table's blocks, then writes tuples.
-- Called by fir.estates.stages.shares_done.
SELECT
    activity.application_name,
    CASE
        WHEN indexing.tuples_total > 0
            THEN 0.6 + 0.4 * indexing.tuples_done / indexing.tuples_total
        ELSE coalesce(0.6 * indexing.blocks_done / nullif(indexing.blocks_total, 0), 0)
    END
FROM pg_stat_activity AS activity
LEFT JOIN pg_stat_progress_create_index AS indexing USING (pid)
WHERE activity.datname = current_database()
    AND activity.backend_type = 'client backend'
    AND activity.application_name LIKE 'FIR load %'
