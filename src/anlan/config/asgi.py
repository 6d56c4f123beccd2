"""The application that the web server runs."""

import os

from django.core.asgi import get_asgi_application

from anlan.edge.operations.bodies import BoundedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
application = BoundedBodies(get_asgi_application())
