"""Warnings as CAP 1.2 messages: written, and checked beyond what the schema can say.

Source: Common Alerting Protocol Version 1.2, OASIS Standard, 1 July 2010, section 3.2.
"""
