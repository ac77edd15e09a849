"""Bring Django up for a command or a server."""

import os

import django

from yellowcart.core import embedded, logs
from yellowcart.core.messages import compile_all


def boot(*, database: bool = True) -> None:
    """Configure logs and Django; start (or join) the embedded database unless told otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yellowcart.config.settings")
    if database:
        embedded.ensure_database()
    logs.configure(os.environ.get("YELLOWCART_LOG_LEVEL", "INFO"))
    compile_all()
    django.setup()
    # Subscriptions name business folders, so they load once the apps are ready.
    from yellowcart.config import subscriptions

    subscriptions.connect()
    if database:
        load_shared_state()


def load_shared_state() -> None:
    """Take over what all processes of the installation share: the clock."""
    from django.db import connection

    from yellowcart.core.timeline import load_clock

    if "core_clock" in connection.introspection.table_names():
        load_clock()


def collect_static() -> None:
    """Put every folder's static files where the server reads them."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def migrate() -> None:
    """Bring the schema up to date, quietly."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
