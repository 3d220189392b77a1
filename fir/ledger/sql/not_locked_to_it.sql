-- A table outside `loads` that the connected role could unlock: it, or a role that it may act as,
-- owns it, and an owner may take triggers away. A superuser may do so with every table.
-- Called by fir.ledger.starting.why_not.
SELECT current_user, c.relname
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm')
  AND n.nspname NOT IN ('loads', 'information_schema')
  AND (n.nspname !~ '^pg_' OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
  AND pg_has_role(current_user, c.relowner, 'MEMBER')
ORDER BY c.relname = 'ledger_ledgerevent' DESC, n.nspname ^@ 'pg_', c.relname
LIMIT 1
