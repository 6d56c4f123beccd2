"""The addresses of scores."""

from django.urls import path

from anlan.edge.pages import score_appeals, score_reports, scores

urlpatterns = [
    path("", scores.first, name="scores"),
    path("areas/<str:code>/", scores.area, name="area_scores"),
    path("units/<str:code>/", scores.unit, name="unit_scores"),
    path("definitions/", scores.definitions, name="score_definitions"),
    path("composite/<str:code>/", scores.composite, name="score_composite"),
    path("reports/<str:kind>/<str:code>/<str:month>/", score_reports.show, name="score_report"),
    path("reports/<str:kind>/<str:code>/<str:month>/pdf", score_reports.pdf, name="score_report_pdf"),
    path("appeals/", score_appeals.show_all, name="score_appeals"),
    path("appeals/add/<str:code>/<str:month>/<str:index>/", score_appeals.add, name="score_appeal_add"),
    path("appeals/<int:appeal_id>/", score_appeals.one, name="score_appeal"),
]
