"""Questions at random within an OpenAPI document and beside it: few in each run, more in a thorough one.

Every run asks the same, so that a failure can be looked at.
"""

from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.examples import examples

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]


def few(**more: Any) -> hypothesis.settings:
    """So many questions, the same in each run."""
    return hypothesis.settings(
        max_examples=examples(2),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        **more,
    )


def schema_of(document: dict[str, Any], app: Any, mode: schemathesis.GenerationMode) -> Any:
    """A document whose questions are right, or wrong, as `mode` says."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    schema.config.generation.update(modes=[mode])
    return schema
