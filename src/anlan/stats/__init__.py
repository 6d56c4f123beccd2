"""Statistics of prevention: arrays in, results out."""
