"""Tests of what is run outside."""
