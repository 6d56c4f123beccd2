"""Columns that several tables share."""

from enum import StrEnum
from typing import Any

from django.contrib.postgres.indexes import OpClass
from django.db import models


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """A column's choices from an enum."""
    return [(word.value, word.value) for word in words]


def word(words: type[StrEnum], **options: Any) -> "models.CharField[str, str]":
    """A column that holds one word of an enum."""
    return models.CharField(max_length=24, choices=choices(words), **options)


def subtree_index(column: str, name: str) -> models.Index:
    """An index for `column LIKE 'root.%'`, whatever the collation of the database."""
    return models.Index(OpClass(models.F(column), name="varchar_pattern_ops"), name=name)
