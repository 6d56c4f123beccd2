"""The Open311 interface (GeoReport v2) at /open311: other systems read public requests and send their own."""
