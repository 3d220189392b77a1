"""Tests of fir.notifications."""
