"""What all views of the interface share: format by the ending, errors in it, the jurisdiction."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from anlan.base.errors import NotFound, Refused
from anlan.edge.open311.refusals import REFUSALS
from anlan.publishing.open311.documents import as_json, as_xml, error

FORMATS: Mapping[str, tuple[Callable[[str, Any], str], str]] = {
    "json": (as_json, "application/json; charset=utf-8"),
    "xml": (as_xml, "text/xml; charset=utf-8"),
}
type Document = tuple[str, Any] | tuple[str, Any, int]
"""The name of the root, the content, and the status when it is not 200."""


def answering[**P](
    *methods: str,
) -> Callable[[Callable[Concatenate[HttpRequest, P], Document]], Callable[..., HttpResponse]]:
    """Make a function of a document a view; `form` is the ending of its address."""

    def decorate(view: Callable[Concatenate[HttpRequest, P], Document]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, form: str, **kwargs: Any) -> HttpResponse:
            try:
                _check(request, methods)
                check_jurisdiction(request)
                root, content, *status = view(request, *args, **kwargs)
            except Refused as no:
                code, words = REFUSALS[no.reason]
                return _answer(form, "errors", error(code, str(words) % no.facts), code)
            except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
                code, words = REFUSALS["form_wrong"]
                return _answer(form, "errors", error(code, str(words)), code)
            except NotFound:
                code, words = REFUSALS["request_unknown"]
                return _answer(form, "errors", error(code, str(words)), code)
            return _answer(form, root, content, status[0] if status else 200)

        return answer

    return decorate


def _check(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in (*methods, "HEAD"):
        raise Refused("method_wrong")


def check_jurisdiction(request: HttpRequest) -> None:
    """Clients name the city in the query or in the body, or not at all. Raises Refused."""
    asked = request.GET.get("jurisdiction_id") or request.POST.get("jurisdiction_id") or ""
    if asked and asked != settings.ANLAN_JURISDICTION_ID:
        raise Refused("jurisdiction_unknown")


def _answer(form: str, root: str, content: Any, status: int) -> HttpResponse:
    write, kind = FORMATS[form]
    answer = HttpResponse(write(root, content), content_type=kind, status=status)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Content-Language"] = get_language()
    answer["Vary"] = "Accept-Language"
    if status == 429:
        answer["Retry-After"] = "3600"
    return answer
