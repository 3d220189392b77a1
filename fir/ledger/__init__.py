"""What happened: one append-only, gap-free, verifiable list of everything published or changed.

The ledger is the only way news travels up the house. Operations on higher floors end by appending
their events here; readers (eligibility, notifications) and the feed follow it by `seq`. Its rows
carry words and opaque ids, never foreign keys, so that nothing can pull a row out from under it.
"""
