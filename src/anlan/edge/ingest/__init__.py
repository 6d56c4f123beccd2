"""Readings from devices."""

READINGS_STUCK, FRAMES_STUCK = 75, 76
"""Codes with which the ingest ends when the broker of single readings, or that of frames, has to be started
again: it could not write to its disk, and does not try again by itself."""
