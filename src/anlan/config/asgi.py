"""The application that the web server runs."""

import os

import django

from anlan.edge.operations.bodies import BoundedBodies
from anlan.edge.operations.turns import Turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
django.setup(set_prefix=False)
application = BoundedBodies(Turns())
