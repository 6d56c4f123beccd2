"""How many examples hypothesis tries: few in every run, ten times as many where they are asked for.

`ANLAN_HYPOTHESIS=thorough make test` asks for them.
"""

import os

FACTORS = {"few": 1, "thorough": 10}
FACTOR = FACTORS[os.environ.get("ANLAN_HYPOTHESIS", "few")]
THOROUGH = FACTOR > 1


def examples(few: int) -> int:
    """The number to try in this run, of a test that tries `few` in every run."""
    return few * FACTOR
