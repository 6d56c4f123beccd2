"""Devices, observations, alarms."""
