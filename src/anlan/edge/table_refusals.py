"""Why a table as a file was refused as a whole, in a sentence that says what would be right."""

from collections.abc import Callable, Mapping

from anlan.base.tables import N_

TABLE_REFUSALS = {
    "column_twice": N_("%(file)s has these columns more than once: %(columns)s."),
    "column_unknown": N_("%(file)s has unknown columns: %(unknown)s. Known are: %(known)s."),
    "columns_missing": N_("%(file)s lacks these columns: %(missing)s. It has: %(found)s."),
    "encoding_unknown": N_("%(file)s is not text in UTF-8 or GB18030: save it as CSV in UTF-8."),
    "table_broken": N_("%(file)s is no table: line %(row)s cannot be read."),
    "table_empty": N_("%(file)s is empty."),
}
"""A reason of Refused -> the sentence for it; `listed` gives its facts."""


def listed(facts: Mapping[str, object], gettext: Callable[[str], str]) -> dict[str, object]:
    """The facts of a refusal, with several values of one fact as words, in the language of `gettext`."""
    return {
        name: gettext(", ").join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in facts.items()
    }
