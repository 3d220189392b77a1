"""Workbooks (XLSX): read in a process of their own, and written."""
