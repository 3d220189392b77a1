"""Which devices may take which release, by which requests, in which order; and why not.

A reader of the ledger: it assesses cohorts, never devices, keeps findings per Supplier, and may be
run twice with the same result.
"""
