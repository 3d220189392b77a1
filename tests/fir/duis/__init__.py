"""Tests of reading and writing DUIS messages."""
