"""How the caller reached us, for addresses we hand out."""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from starlette.requests import HTTPConnection


def base_of(connection: HTTPConnection) -> str:
    """``ws://host`` or ``wss://host``, as the caller reached us.

    A Host header that is none of ours is not repeated; the installation's own address is.
    """
    secure = connection.scope["scheme"] in {"https", "wss"}
    return _base(connection.headers.get("host", ""), secure)


@lru_cache(maxsize=256)
def _base(host: str, secure: bool) -> str:
    domain, _port = split_domain_port(host)
    if domain and validate_host(domain, settings.ALLOWED_HOSTS):
        return f"{'wss' if secure else 'ws'}://{host}"
    own = urlsplit(settings.BASE_URL)
    return f"{'wss' if own.scheme == 'https' else 'ws'}://{own.netloc}"
