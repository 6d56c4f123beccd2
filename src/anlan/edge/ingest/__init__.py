"""Readings from devices."""
