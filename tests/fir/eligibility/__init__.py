"""Tests of fir.eligibility."""
