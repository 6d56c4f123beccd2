"""Where rules stand becomes rows, in the transaction of the readings that moved them."""

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from anlan.sensing.rules.states import States, levels
from anlan.store.readers.rules import Judging

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
