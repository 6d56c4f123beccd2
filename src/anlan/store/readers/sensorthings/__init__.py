"""Questions in the words of OGC SensorThings 1.1: entities, options, pages of rows."""
