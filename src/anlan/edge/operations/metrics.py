"""What Prometheus reads: requests as they were answered, and the state of the queue when it asks."""

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from anlan.store.readers import installation

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
REQUESTS = Histogram(
    "anlan_request_seconds", "Time to answer a request", ("method", "route", "status"), buckets=SECONDS
)


class City(Collector):
    """Figures read from the database when asked for."""

    def collect(self) -> Iterable[Metric]:
        """Give jobs by state, the age of the oldest that waits, the age of the last sign of a worker."""
        jobs = GaugeMetricFamily("anlan_jobs", "Jobs by state", labels=("state",))
        for state, number in sorted(installation.jobs_by_state().items()):
            jobs.add_metric((state,), number)
        yield jobs
        yield _gauge(
            "anlan_oldest_job_seconds", "Age of the oldest job that is due", installation.oldest_job()
        )
        yield _gauge("anlan_worker_seconds", "Time since a worker gave a sign", installation.worker_silence())
        cases = GaugeMetricFamily("anlan_cases", "Cases by state", labels=("state",))
        for state, number in sorted(installation.cases_by_state().items()):
            cases.add_metric((state,), number)
        yield cases


def page() -> bytes:
    """Return the metrics as text; those of all web processes when there are several."""
    gathered = CollectorRegistry()
    gathered.register(City())
    return _requests() + generate_latest(gathered)


def _requests() -> bytes:
    import os

    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    everyone = CollectorRegistry()
    MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
    return generate_latest(everyone)


def _gauge(name: str, meaning: str, value: float | None) -> Metric:
    """Return one figure; one that is not known is left out."""
    family = GaugeMetricFamily(name, meaning)
    if value is not None:
        family.add_metric((), value)
    return family
