"""How the one who runs an installation sees that it is well: health, metrics, logs."""
