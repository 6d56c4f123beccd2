"""What stops a command: one sentence for the person who typed it, no traceback."""


class Problem(Exception):
    """A command cannot do its work; the message says why and what to do."""
