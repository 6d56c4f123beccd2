"""The addresses of the pages on which staff work on cases."""

from django.urls import path

from anlan.edge.pages import case, live, overview, queue

urlpatterns = [
    path("work/", queue.work, name="my_work"),
    path("cases/", queue.queue, name="queue"),
    path("cases/<int:case_id>/", case.show, name="case"),
    path("cases/<int:case_id>/<str:name>", case.step, name="case_step"),
    path("areas/overview/", overview.show, name="overview"),
    path("areas/overview/<str:code>/", overview.show, name="overview"),
    path("live", live.live, name="live"),
]
