"""What somebody outside runs to check FIR, with Python's own library and `cryptography` alone.

`python -m fir.client verify --help` says how. The folder works as it is wherever it is copied.
"""
