"""The Central Products List: which Device Models exist, with which firmware, and where it stands.

The ground floor. It knows lines of a list, and nothing of Parties, permissions or the ledger: the
repository in `fir` builds on it and is never imported from here.
"""
