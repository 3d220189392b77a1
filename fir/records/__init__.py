"""What is listed and published: the list's reconciliation, locked Firmware Records, pathways,
hub capabilities and whom to ask for an image.

A record holds facts about firmware, never the image. What was published stays: a correction is a
new record that supersedes the old one.
"""
