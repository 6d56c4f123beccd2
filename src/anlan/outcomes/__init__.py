"""Incidents, indicators, targets, programmes, evaluations."""
