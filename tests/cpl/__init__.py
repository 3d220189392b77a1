"""Tests of the Central Products List."""
