"""Belongings, tags, sightings."""
