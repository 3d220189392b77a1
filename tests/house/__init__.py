"""Tests about the codebase: is the house still the house?"""
