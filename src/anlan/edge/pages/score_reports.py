"""The monthly report of an area or unit, as a page for paper and as PDF."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound
from anlan.cases.indices import Index
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.score_words import BANDS
from anlan.edge.pages.templatetags.scores import earlier_words, in_words, month_words, of_all, percent
from anlan.publishing.score_report import ScoreReport, Table, pdf_of
from anlan.store.readers.score_lines import Line
from anlan.store.readers.scores import ScorePage, area_scores, month_wanted, unit_scores


@login_required
@require_safe
def show(request: HttpRequest, kind: str, code: str, month: str) -> HttpResponse:
    """The report as a page; printed, it is all there is on the paper."""
    return render(request, "score/report.html", {"page": _page(request, kind, code, month)})


@login_required
@require_safe
def pdf(request: HttpRequest, kind: str, code: str, month: str) -> HttpResponse:
    """The same report as PDF."""
    made = pdf_of(report_of(_page(request, kind, code, month)))
    name = f"anlan-{kind}-{code}-{month}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(request: HttpRequest, kind: str, code: str, month: str) -> ScorePage:
    acting, wanted = acting_of(request), month_wanted(month)
    if kind not in ("area", "unit"):
        raise NotFound
    page = (
        area_scores(acting, code, wanted, Index.ON_TIME)
        if kind == "area"
        else unit_scores(acting, code, wanted)
    )
    if page is None or page.run.month != wanted:
        raise NotFound
    return page


def report_of(page: ScorePage) -> ScoreReport:
    """The words of the report in the language of the page."""
    cut_off = date_format(timezone.localtime(page.run.cut_off), "Y-m-d H:i")
    return ScoreReport(
        title=gettext("%(name)s: scores of %(month)s")
        % {"name": page.subject.name, "month": month_words(page.run.month)},
        facts=[
            gettext("Data cut-off %(at)s") % {"at": cut_off},
            gettext("Final") if page.run.published_at else gettext("Not final yet: the month is still open"),
            *_revision_words(page),
        ],
        tables=[
            Table(
                gettext("Indices"),
                [
                    gettext("Index"),
                    gettext("Cases counted"),
                    gettext("Share"),
                    gettext("95 % interval"),
                    gettext("Beside its peers"),
                    gettext("Version"),
                ],
                [_row(line) for line in page.lines],
                (4, 2, 2, 3, 4, 1.2),
            ),
            Table(
                gettext("How the figures came about"),
                [gettext("Shown beside"), gettext("Cases counted"), gettext("Share"), gettext("Version")],
                [[*_row(line)[:3], _row(line)[5]] for line in page.guards],
                (5, 2, 2, 1.2),
            ),
        ],
        notes=[
            gettext("A share without any case has no data: it is neither none nor all."),
            gettext("Within the limits of chance a unit is not ranked."),
            *(f"{gettext(line.definition.name)}: {in_words(line)}" for line in page.lines),
            *(
                f"{gettext(line.definition.name)}, {earlier_words(each)}"
                for line in page.lines
                for each in line.earlier
            ),
        ],
    )


def _revision_words(page: ScorePage) -> list[str]:
    """How the month was looked at last, if it was looked at again."""
    return [
        gettext("Revision %(n)d, data cut-off %(at)s")
        % {"n": last.number, "at": date_format(timezone.localtime(last.cut_off), "Y-m-d H:i")}
        for last in page.revisions[-1:]
    ]


def _row(line: Line) -> list[str]:
    score = line.score
    name, version = gettext(line.definition.name), str(line.definition.version)
    if score is None:
        return [name, "", gettext("no data"), "", "", version]
    return [
        name,
        of_all(line.share),
        percent(line.share.value),
        f"{percent(score.lower)} – {percent(score.upper)}",
        str(BANDS[score.band]) if score.peers else "",
        str(score.version),
    ]
