"""anlan (安澜): find hazards, get them fixed and proven fixed, warn in time, know honestly what worked."""
