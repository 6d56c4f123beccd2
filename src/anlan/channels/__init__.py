"""Outgoing systems, one folder each."""
