"""What is written into a template when it is read: the same in every context, its own in each language."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.template import Context, Engine, Template
from django.template.base import Node, TextNode
from django.template.context import RequestContext
from django.test import RequestFactory
from django.utils.translation import override

from anlan.edge.pages.folded import fold, is_same_for_all

LIBRARIES = settings.TEMPLATES[0]["OPTIONS"]["libraries"]
PLAIN = Engine(libraries=LIBRARIES | {"i18n": "django.templatetags.i18n"})
HEAD = "{% load anlan i18n %}"


def _read(source: str) -> Template:
    template = PLAIN.from_string(HEAD + source)
    fold(template.nodelist)
    return template


def _all(template: Template) -> Iterator[Node]:
    yield from template.nodelist.get_nodes_by_type(Node)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "source",
    [
        "{% translate 'Cases' %}, {% icon 'clock' %}{% url 'queue' %}",
        "{% if late %}{% translate 'Late' %}{% elif soon %}{% icon 'clock' %}{% else %}-{% endif %}",
        "{% for each in rows %}{% translate 'Open' %} {{ each }}{% empty %}{% icon 'x' %}{% endfor %}",
        "{% block main %}{% translate 'My work' as words %}{{ words }} 100%{% endblock %}",
        "{% translate word %}{% url name %}{% translate 'Area'|upper %}",
    ],
)
def test_a_folded_template_says_what_it_said_before(source: str, language: str) -> None:
    facts = {"late": False, "soon": True, "rows": ["<b>", 2], "word": "Cases", "name": "queue"}
    with override(language):
        before = PLAIN.from_string(HEAD + source).render(Context(facts))

        assert _read(source).render(Context(facts)) == before


def test_what_is_the_same_for_all_lies_in_one_text() -> None:
    with override("en"):
        nodes = list(_all(_read("<b>{% translate 'Cases' %}</b>{% icon 'clock' %}{% url 'queue' %}!")))

    assert [type(node) for node in nodes[1:]] == [TextNode]


@pytest.mark.parametrize(
    "source",
    [
        "{{ words }}",
        "{% translate words %}",
        "{% icon words %}",
        "{% url 'case' 5 %}",
        "{% url 'queue' as address %}",
        "{% translate 'Cases' as words %}",
        "{% csrf_token %}",
        "{% language_link %}",
        "{% with_query theme='dark' %}",
        "{% nav_link 'queue' 'Cases' %}",
        "{% when at %}",
    ],
)
def test_what_hangs_on_a_request_or_a_value_is_never_written_in(source: str) -> None:
    nodes = list(PLAIN.from_string(HEAD + source).nodelist)

    assert not any(map(is_same_for_all, nodes[1:]))


def test_each_language_has_its_own() -> None:
    engine = Engine.get_default()
    said = []
    for language in ("en", "zh-hans", "en"):
        with override(language):
            request = RequestFactory().get("/")
            said.append(engine.get_template("404.html").render(RequestContext(request)))

    assert said[0] == said[2] != said[1]
