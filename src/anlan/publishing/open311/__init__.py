"""Open311 GeoReport v2: what is asked and answered, apart from the web and the store.

Source: GeoReport v2 (Open311, 2011, frozen), wiki.open311.org, and its page of extensions.
"""
