"""Outreach sessions."""
