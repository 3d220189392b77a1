"""The people's front door: pages and forms. Every view loads, checks, calls one operation, shows.

What a Party may see and what it may do is decided on the floors below; here it is shown, in words.
"""
