"""JSON, described by OpenAPI."""
