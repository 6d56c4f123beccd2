"""All tables, one module a room."""
