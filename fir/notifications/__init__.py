"""Telling Parties what concerns them: notices for their inbox, and deliveries to their mailboxes.

A reader of the ledger, which sends invited people their links besides. A notice is raised once per
event and recipient; a delivery is tried until it is sent or given up, and every try is a row, so a
lost worker loses nothing.
"""
