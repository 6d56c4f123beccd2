"""Where rules stand becomes rows, in the transaction of the readings that moved them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from anlan.base.when_used import when_used
from anlan.sensing.rules.states import States, levels
from anlan.store.readers.rules import Judging

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

STORE = """
INSERT INTO store_rulestate (rule_id, {column}, level, numbers)
SELECT %s, * FROM unnest(%s::bigint[], %s::smallint[], %s::bytea[])
ON CONFLICT (rule_id, {column}) DO UPDATE SET level = excluded.level, numbers = excluded.numbers
"""


def store_states(rule: Judging, keys: NDArray[np.int32], states: States, moved: NDArray[np.bool_]) -> None:
    """Keep the rows of `states` that moved; `keys` are series, or sites."""
    if not moved.any():
        return
    kept = states[moved]
    column = "site_id" if rule.by_site else "series_id"
    values = [keys[moved].tolist(), levels(kept).tolist(), [row.tobytes() for row in kept]]
    with connection.cursor() as cursor:
        cursor.execute(STORE.format(column=column), [rule.pk, *values])
