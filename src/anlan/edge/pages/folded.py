"""Templates in which all that never changes is written already, once for each language.

Half of a page's template nodes say the same whoever asks: a phrase, a sign, the address of a page. They are
drawn when a template is read, into plain text, and lie side by side as one text. What is drawn then has no
context, so nothing of a request or a person can be in it; the language is part of the name under which a
template is kept.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.template import Context, Template
from django.template.base import Node, NodeList, Origin, TextNode
from django.template.defaulttags import IfNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import cached
from django.templatetags.i18n import TranslateNode
from django.urls import get_script_prefix
from django.utils.translation import get_language

from anlan.edge.pages.templatetags import anlan

SAME_FOR_ALL = frozenset({anlan.asset, anlan.fixed, anlan.icon, anlan.sign})
"""Tags that answer by their arguments and the language alone."""


class Loader(cached.Loader):
    """Keeps each template in each language; names the loaders that find them."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """The template, folded when it is read for the first time in this language."""
        known = self.cache_key(template_name, skip) in self.get_template_cache
        template = super().get_template(template_name, skip)
        if not known:
            fold(template.nodelist)
        return template

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """What a template is kept under: its name in a language."""
        return f"{get_language()}:{super().cache_key(template_name, skip)}"


def fold(nodes: NodeList) -> None:
    """Draw what is the same for all in `nodes` and below them, in place, in the language of this thread."""
    nodes[:] = _joined(_drawn(node) for node in nodes)
    for node in nodes:
        for below in _lists_of(node):
            fold(below)


def is_same_for_all(node: Node) -> bool:
    """Does a node say the same in every context?"""
    match node:
        case TranslateNode():
            return not (node.asvar or node.message_context or node.noop) and _is_literal(
                node.filter_expression
            )
        case SimpleNode():
            words = (*node.args, *node.kwargs.values())
            return node.func in SAME_FOR_ALL and not node.target_var and all(map(_is_literal, words))
        case URLNode():
            plain = not (node.args or node.kwargs or node.asvar)
            return plain and _is_literal(node.view_name) and get_script_prefix() == "/"
    return False


def _is_literal(expression: Any) -> bool:
    """Is it "words in quotes", without a filter?"""
    literal = getattr(expression.var, "literal", expression.var)
    return not expression.filters and isinstance(literal, str)


def _drawn(node: Node) -> Node:
    if not is_same_for_all(node):
        return node
    text = TextNode(str(node.render_annotated(Context())))
    text.token, text.origin = node.token, node.origin
    return text


def _joined(nodes: Iterable[Node]) -> Iterator[Node]:
    """Texts side by side become one."""
    before: TextNode | None = None
    for node in nodes:
        if not isinstance(node, TextNode):
            before = None
        elif before is None:
            before = node
        else:
            before.s += node.s
            continue
        yield node


def _lists_of(node: Node) -> Iterator[NodeList]:
    """The lists of nodes in a node; an `if` has one for each of its conditions."""
    if isinstance(node, IfNode):
        yield from (nodes for _, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        nodes = getattr(node, name, None)
        if isinstance(nodes, NodeList):
            yield nodes
