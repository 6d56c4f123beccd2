"""How a database that has nothing yet gets all tables of a chain of migrations at once.

Each step of the chain lets Django build the models of the step anew, which takes some 20 processor seconds
for the first fifty migrations. Where there are no rows to carry over, only what comes of the chain matters:
the tables as its last step has them, and what its steps say to the database in words of their own.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import CreateModel


class AllTables(Operation):
    """Make the tables that the operations of a chain would leave."""

    reversible = False

    def __init__(self, chain: Sequence[Operation]) -> None:
        self.chain = chain

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Go through the whole chain without building the models between its steps."""
        state.__dict__.pop("apps", None)
        for operation in self.chain:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make each table with all its columns, constraints and indexes."""
        for name in self._names():
            schema_editor.create_model(to_state.apps.get_model(app_label, name))

    def describe(self) -> str:
        """Say what it does, as `migrate` shows it."""
        return "Make all tables"

    def _names(self) -> Iterator[str]:
        """The models whose tables Django makes."""
        for operation in self.chain:
            if isinstance(operation, CreateModel):
                yield operation.name


def operations_of(names: Sequence[tuple[str, str]]) -> list[Operation]:
    """Return what brings an empty database to where the migrations of these names, such as
    `("store", "0001_initial")`, bring it: all tables, then their own statements in their order, but for
    those that only carry rows over (`elidable`).
    """
    chain = [operation for name in names for operation in _migration(name).operations]
    return [AllTables(chain), *_statements(chain)]


def _migration(name: tuple[str, str]) -> type[Migration]:
    app, module = name
    return import_module(f"anlan.{app}.migrations.{module}").Migration  # type: ignore[no-any-return]


def _statements(chain: Sequence[Operation]) -> Iterator[Operation]:
    for operation in chain:
        if isinstance(operation, (RunSQL, RunPython)) and not operation.elidable:
            yield operation
        elif isinstance(operation, SeparateDatabaseAndState):
            yield from operation.database_operations
