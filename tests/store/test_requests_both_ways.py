"""Answers that other systems sent before they belonged to reports keep what they say."""

from importlib import import_module
from types import SimpleNamespace

NAME = "anlan.store.migrations.0052_requests_both_ways"


def test_an_answer_gets_the_question_and_the_names_or_its_own_code() -> None:
    answer = import_module(NAME)._answer
    asked = SimpleNamespace(
        description_zh="谁会经过", description_en="Who passes", values=[["pupils", "学生", "Pupils"]]
    )

    assert answer("WHO", ["pupils", "gone"], asked) == {
        "code": "WHO",
        "value": ["pupils", "gone"],
        "asked_zh": "谁会经过",
        "asked_en": "Who passes",
        "said_zh": "学生、gone",
        "said_en": "Pupils, gone",
    }
    assert answer("POLE", "B-1", None)["asked_zh"] == "POLE"
