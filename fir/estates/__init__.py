"""What Suppliers hold: their estates, brought as loads, counted as cohorts.

A load is a table of its own in the schema `loads`; an estate points at its standing load, and a new
load is swapped in by moving that pointer. Questions are asked of cohorts, never of devices. No
address, UPRN or MPxN ever gets past the reading of a load.
"""
