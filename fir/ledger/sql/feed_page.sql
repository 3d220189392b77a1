-- One page of the feed as one JSON text, and the seq of its last event.
-- Not the ORM: the stored canonical text is joined as it is, so what is served is what was hashed.
-- Called by fir.ledger.queries.feed_page.
WITH page AS (
    SELECT seq, canonical, leaf_hash, audience && %(tags)s::varchar[] AS visible
    FROM ledger_ledgerevent
    WHERE seq > %(after)s AND seq <= %(head)s
    ORDER BY seq
    LIMIT %(limit)s
)
SELECT
    '[' || string_agg(
        CASE
            WHEN visible THEN left(canonical, -1) || ',"leaf_hash":"' || leaf_hash || '"}'
            ELSE '{"seq":' || seq || ',"leaf_hash":"' || leaf_hash || '"}'
        END, ',' ORDER BY seq
    ) || ']',
    max(seq)
FROM page
