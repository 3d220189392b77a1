"""Tests of fir.records."""
