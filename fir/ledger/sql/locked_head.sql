-- The head of the ledger, read after the lock was given: what its last holder committed.
-- Not the ORM: two statements at one go, so that the lock is held for no further way back and forth.
-- Called by fir.ledger.operations.append_events.
SELECT pg_advisory_xact_lock(%s);
SELECT size, frontier, last_at FROM ledger_ledgerhead
