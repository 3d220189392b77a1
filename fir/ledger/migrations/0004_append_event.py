"""One event appended in one statement, so that the ledger's lock is held as short as can be."""

from django.db import migrations

# The canonical text comes in two pieces, between which the database puts the seq, behind the time
# that stands first in it: neither is known before the lock was given. Each statement of the
# function sees what was committed before it, so the head is read as the last holder left it.
CREATE = """
CREATE FUNCTION append_event(
    ledger_lock bigint, event_id uuid, event_kind text, told_at timestamptz, party text, actor uuid,
    about_type text, about_id text, read_by text[], opening text, closing text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head ledger_ledgerhead;
    next_at timestamptz;
    written text;
    node bytea;
    roots text[];
    full_trees bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(ledger_lock);
    SELECT * INTO STRICT head FROM ledger_ledgerhead;
    next_at := greatest(told_at, head.last_at);
    written := '{"at":"' || to_char(next_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || opening || head.size + 1 || closing;
    node := sha256('\\x00'::bytea || convert_to(written, 'UTF8'));
    INSERT INTO ledger_ledgerevent (
        seq, id, kind, at, by_party, by_actor, subject_type, subject_id, audience, canonical,
        leaf_hash
    ) VALUES (
        head.size + 1, event_id, event_kind, next_at, party, actor, about_type, about_id, read_by,
        written, encode(node, 'hex')
    );
    roots := head.frontier;
    full_trees := head.size;
    WHILE full_trees % 2 = 1 LOOP
        node := sha256('\\x01'::bytea || decode(roots[cardinality(roots)], 'hex') || node);
        roots := trim_array(roots, 1);
        full_trees := full_trees / 2;
    END LOOP;
    UPDATE ledger_ledgerhead
    SET size = head.size + 1, frontier = roots || encode(node, 'hex'), last_at = next_at;
    RETURN head.size + 1;
END
$$
"""
DROP = "DROP FUNCTION append_event"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_head_and_checkpoints")]

    operations = [migrations.RunSQL(CREATE, DROP)]
