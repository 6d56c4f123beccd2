"""Units, roles, who may do what."""
