"""One ASGI application: the edge answers what it knows, the control plane the rest."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yellowcart.config.settings")
control_plane = get_asgi_application()

application = control_plane
