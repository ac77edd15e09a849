"""The paste-anything box: what a pasted text is about, this installation's own links included."""

from django.conf import settings

from yellowcart.sources.recognition import Recognition
from yellowcart.sources.share import recognise


def found_in(text: str) -> Recognition:
    """What a text is about."""
    hosts = [host.strip("[]") for host in settings.ALLOWED_HOSTS if host != "*"]
    return recognise(text, own_hosts=hosts)
