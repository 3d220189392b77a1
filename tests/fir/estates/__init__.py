"""Tests of fir.estates."""
