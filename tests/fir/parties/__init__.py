"""Tests of fir.parties."""
