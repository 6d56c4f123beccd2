"""The addresses of the pages on which staff work on cases."""

from django.urls import path

from anlan.edge.pages import case, case_tasks, live, overview, queue

urlpatterns = [
    path("work/", queue.work, name="my_work"),
    path("cases/", queue.queue, name="queue"),
    path("cases/<int:case_id>/", case.show, name="case"),
    path("cases/<int:case_id>/tasks/give", case_tasks.give, name="task_give"),
    path("cases/<int:case_id>/tasks/<int:task_id>/<str:name>", case_tasks.step, name="task_step"),
    path("cases/<int:case_id>/<str:name>", case.step, name="case_step"),
    path("areas/overview/", overview.show, name="overview"),
    path("areas/overview/<str:code>/", overview.show, name="overview"),
    path("live", live.live, name="live"),
]
