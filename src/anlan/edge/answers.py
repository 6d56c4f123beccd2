"""What an error of the house becomes for a browser: 404, 403, 409 or 422, never a traceback."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.edge.pages.refusals import refusal_text

TOLD_OF_IT = "/api/"
"""Where a program is told what is wrong with its question, a zero byte too."""


class Answers:
    """Middleware that answers errors which no page answered itself."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; a zero byte in the query of a page, which no database takes, is left out of it."""
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query and not request.path.startswith(TOLD_OF_IT):
            request.GET = QueryDict(query.replace("%00", ""))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: Mapping[str, object]
    ) -> HttpResponse | None:
        """Nothing has a zero byte in its address: 404, as for any other id that nobody has."""
        if any(isinstance(value, str) and "\0" in value for value in kwargs.values()):
            return render(request, "404.html", status=404)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to an error of the house; None for any other."""
        if isinstance(error, NotFound):
            return render(request, "404.html", status=404)
        if isinstance(error, Refused):
            status = 403 if error.reason == "not_permitted" else 422
            return render(request, f"{status}.html", {"reason_text": refusal_text(error)}, status=status)
        if isinstance(error, Conflict):
            return render(request, "422.html", status=409)
        return None
