"""What an application may be called, where it may send people back to. Pure."""

from urllib.parse import urlsplit

#: Applications that one person may have.
MOST_APPLICATIONS = 20
MOST_REDIRECTS = 10
LONGEST_NAME = 80
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_redirect(uri: str) -> bool:
    """Whether people may be sent back there: https, or http on the person's own machine (RFC
    8252, 7.3); no fragment, no wildcard, no name and password."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    if len(uri) > 500 or parts.fragment or parts.username or "*" in uri or uri.split() != [uri]:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    )
