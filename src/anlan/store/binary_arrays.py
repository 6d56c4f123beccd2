"""Columns as parameters of a statement, for `unnest`: PostgreSQL's binary arrays, made from arrays.

The format is that of `array_send` in the source of PostgreSQL (utils/adt/arrayfuncs.c): dimensions, whether
any is NULL, type of the elements, length, first index; then of each element its size and bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.pq import Format

from anlan.base.when_used import when_used
from anlan.store.binary_copy import POSTGRES_EPOCH_US, WIRE_TYPES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = when_used("numpy")

HEAD = struct.Struct(">iiIii")
INT2, INT4, INT8, FLOAT8, TIMESTAMPTZ = 21, 23, 20, 701, 1184
TYPES = {"i2": INT2, "i4": INT4, "i8": INT8, "f8": FLOAT8}


@dataclass(frozen=True, slots=True)
class BinaryArray:
    """One parameter; the statement must say its type, as in `%(at)s::timestamptz[]`."""

    wire: bytes


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: BinaryArray) -> bytes:
        return obj.wire


def array_of(values: NDArray[Any]) -> BinaryArray:
    """An array of smallint, integer, bigint or double precision."""
    kind = values.dtype.str[1:]
    return _packed(values, TYPES[kind], WIRE_TYPES[kind])


def moments_of(microseconds: NDArray[np.int64]) -> BinaryArray:
    """An array of timestamptz from microseconds since 1970 UTC."""
    return _packed(microseconds - POSTGRES_EPOCH_US, TIMESTAMPTZ, ">i8")


def _packed(values: NDArray[Any], element: int, wire: str) -> BinaryArray:
    packed = np.empty(len(values), np.dtype([("size", ">i4"), ("value", wire)]))
    packed["size"] = packed.dtype["value"].itemsize
    packed["value"] = values
    return BinaryArray(HEAD.pack(1, 0, element, len(values), 1) + packed.tobytes())


def with_arrays(query: str, values: Mapping[str, Any]) -> Cursor[Any]:
    """Run a statement of which some values are BinaryArrays, in Django's transaction; the cursor.

    Django's own cursors put values into the words of a statement, which bytes of arrays are not made for.
    """
    connection.ensure_connection()
    cursor = Cursor(connection.connection)
    cursor.adapters.register_dumper(BinaryArray, _AsItIs)
    return cursor.execute(query, values)
