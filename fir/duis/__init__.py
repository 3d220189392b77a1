"""How the DCC writes it: DUIS messages read into raw strings. Imports nothing of FIR or Django."""
