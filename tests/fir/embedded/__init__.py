"""Tests of the launcher, with real processes and clusters of their own."""
