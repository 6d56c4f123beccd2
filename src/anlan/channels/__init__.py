"""Outgoing systems, one folder each."""


class NotTaken(OSError):
    """The other system did not take a message; says why without an address or a word of the message."""

    def __init__(self, why: str, status: int = 0, rest: int = 0) -> None:
        super().__init__(why)
        self.status = status
        """What the other system answered over HTTP; 0 when it did not come to that."""
        self.rest = rest
        """For how many seconds it asks to be left alone; 0 when it does not say."""
