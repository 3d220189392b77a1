"""Tests of fir.api."""
