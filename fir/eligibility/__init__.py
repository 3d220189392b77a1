"""Which devices may take which release, by which requests, in which order; and why not.

Reads the ledger, works on cohorts rather than devices, and keeps its findings per Supplier; reading
the same news again leaves the same findings.
"""
