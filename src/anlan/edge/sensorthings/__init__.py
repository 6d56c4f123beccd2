"""OGC SensorThings API 1.1 at /v1.1: devices and readings for other systems."""
