"""The Firmware Information Repository: what SECMP0009 adds beside the Central Products List.

Nine rooms on their floors, from the ledger (what happened) up to the two front doors (portal and
API). `HOUSE.md` draws the house; `fir.ledger.kinds` lists everything that can happen in it.
"""
