"""`from anlan.stats import ...` gives every public name, and importing the package loads nothing heavy."""

import subprocess
import sys

import pytest

import anlan.stats


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_an_exported_name_is_there_and_documented(name: str) -> None:
    assert getattr(anlan.stats, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Poisson'"):
        _ = anlan.stats.Poisson


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = "{'numba', 'scipy', 'statsmodels', 'polars', 'numpy'}"
    code = f"import sys, anlan.stats; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
