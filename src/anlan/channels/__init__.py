"""Outgoing systems, one folder each."""


class NotTaken(OSError):
    """The other system did not take a message; says why without an address or a word of the message."""
