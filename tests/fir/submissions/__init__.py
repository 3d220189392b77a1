"""Tests of fir.submissions."""
