"""Tests of the Firmware Information Repository."""
