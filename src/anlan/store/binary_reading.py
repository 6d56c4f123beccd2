"""Rows of PostgreSQL as arrays, by binary COPY: no Python object for a row or a value.

The format is that of the PostgreSQL manual, "COPY", section "Binary Format".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from psycopg import Cursor

from anlan.base.when_used import when_used
from anlan.store.binary_copy import HEADER, TRAILER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")


def read_columns(
    query: str, values: Mapping[str, Any], columns: Mapping[str, str]
) -> dict[str, NDArray[Any]]:
    """The columns of a query by name; `columns` names their types, "i4", "i8" or "f8". None may be NULL."""
    layout: list[tuple[str, str]] = [("count", ">i2")]
    for name, kind in columns.items():
        layout += [(f"size of {name}", ">i4"), (name, f">{kind}")]
    connection.ensure_connection()
    asked = f"COPY ({query}) TO STDOUT (FORMAT BINARY)"
    cursor = cast("Cursor[Any]", connection.connection.cursor())
    with cursor, cursor.copy(asked, values) as copy:
        data = b"".join(bytes(piece) for piece in copy)
    rows = np.frombuffer(data[len(HEADER) : -len(TRAILER)], np.dtype(layout))
    return {name: rows[name].astype(kind) for name, kind in columns.items()}
