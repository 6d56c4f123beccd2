"""The doors: each parses, checks the permission, calls one flow or reader, and renders."""
