-- Tells which step each worker says it is at, and how much of an index it has built there.
-- Not the ORM: both are PostgreSQL's own views. An index is its table read, then its tuples written.
-- Called by fir.estates.steps.shares_done.
SELECT
    activity.application_name,
    coalesce(0.6 * indexing.blocks_done / nullif(indexing.blocks_total, 0), 0)
    + coalesce(0.4 * indexing.tuples_done / nullif(indexing.tuples_total, 0), 0)
FROM pg_stat_activity AS activity
LEFT JOIN pg_stat_progress_create_index AS indexing USING (pid)
WHERE activity.datname = current_database()
    AND activity.backend_type = 'client backend'
    AND activity.application_name LIKE 'FIR load %'
