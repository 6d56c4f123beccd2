"""`from anlan.stats import ...` gives every public name, and importing the package loads nothing heavy."""

import inspect
import re
import subprocess
import sys

import pytest

import anlan.stats


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_an_exported_name_is_there_and_documented(name: str) -> None:
    assert getattr(anlan.stats, name).__doc__


def told(name: str) -> str:
    """The docstring of a public name; of a class, those of its public methods too."""
    thing = getattr(anlan.stats, name)
    methods = vars(thing).items() if inspect.isclass(thing) else ()
    own = [one for key, one in methods if not key.startswith("_") and callable(one)]
    return re.sub(r"\s+", " ", "\n".join(_words(one) for one in (thing, *own)))


def _words(thing: object) -> str:
    """A docstring without its source and its examples."""
    parts = (inspect.getdoc(thing) or "").split("\n\n")
    return "\n".join(part for part in parts if not part.lstrip().startswith(("Source:", ">>>")))


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_a_public_name_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(getattr(anlan.stats, name)) or "")  # test_examples.py runs it


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_every_public_method_has_an_example_of_its_own_or_in_its_class(name: str) -> None:
    thing = getattr(anlan.stats, name)
    methods = vars(thing).items() if inspect.isclass(thing) else ()
    shown = inspect.getdoc(thing) or ""
    bare = [
        key
        for key, one in methods
        if not key.startswith("_") and callable(one) and f".{key}(" not in shown
        if ">>> " not in (inspect.getdoc(one) or "")
    ]
    assert bare == []


YEAR = re.compile(r"\((1[89]|20)\d\d\)")
PLACE = re.compile(r"\b(sections?|chapters?|pages|appendix|theorem|article) ?[\w.]+|as `\w+`")


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_a_public_name_gives_its_source_with_author_year_and_place(name: str) -> None:
    text = re.sub(r"\s+", " ", inspect.getdoc(getattr(anlan.stats, name)) or "")
    source = text.partition("Source: ")[2].partition(">>>")[0]
    assert re.match(r"[A-Z]\w+", source) and YEAR.search(source) and PLACE.search(source)


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_a_public_name_says_which_errors_it_raises(name: str) -> None:
    assert re.search(r"\b[Rr]aises (ValueError|nothing)", told(name))


SHAPES = re.compile(
    r"\((n|m|k|t|[a-z]{4,})(, ?[\w ]+)*,?\)|one number|any (array|shape|dates)|frozen record|a list that",
    re.I,
)


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_a_public_name_says_what_shapes_it_takes(name: str) -> None:
    assert SHAPES.search(told(name))


@pytest.mark.parametrize("name", anlan.stats.__all__)
def test_every_public_method_is_documented(name: str) -> None:
    thing = getattr(anlan.stats, name)
    methods = {key: one for key, one in vars(thing).items() if not key.startswith("_") and callable(one)}
    assert [key for key, one in methods.items() if inspect.isclass(thing) and not inspect.getdoc(one)] == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Poisson'"):
        _ = anlan.stats.Poisson


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = "{'numba', 'scipy', 'statsmodels', 'polars', 'numpy'}"
    code = f"import sys, anlan.stats; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
