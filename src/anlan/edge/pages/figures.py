"""Numbers as every page shows them, in each language: 20,000.

Nothing groups numbers by itself: codes, ids and years are numbers too, and would be broken by it.
"""


class Figure(int):
    """A number in a text or a cell; still a number where a phrase asks for one or many."""

    def __str__(self) -> str:
        """Group the digits by three."""
        return f"{int(self):,}"
