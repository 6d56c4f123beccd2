"""Django's admin: what the pages of administrators do not cover."""
