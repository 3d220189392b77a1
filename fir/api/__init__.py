"""The machines' front door: JSON over HTTP for Suppliers', Manufacturers' and the Administrator's
systems.

Views translate and decide nothing: they load, check, call one operation or query, and show. Every
error is a problem document (RFC 9457) that a person can act on.
"""
