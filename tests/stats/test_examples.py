"""Every example in a docstring of anlan.stats is run and must print what it says."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import anlan.stats

MODULES = ["anlan.stats", *(m.name for m in pkgutil.walk_packages(anlan.stats.__path__, "anlan.stats."))]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_print_what_they_say(name: str) -> None:
    results = doctest.testmod(
        import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert results.failed == 0, f"run: python -m doctest {name.replace('.', '/')}.py"
