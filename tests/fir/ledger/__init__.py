"""Tests of fir.ledger."""
