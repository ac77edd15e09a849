"""Youzan (有赞): product and share links, and the signature of its messages."""

import hashlib
import re

from django.utils.translation import gettext_lazy as _

from yellowcart.sources.recognition import Link, Recognition
from yellowcart.sources.signing import same

SOURCE = "youzan"

_ALIAS = re.compile(r"[0-9A-Za-z]{6,32}\Z")
_BY_PATH = re.compile(
    r"/(?:v2/goods|wscshop/goods|wscgoods/detail|v2/showcase/goods)/([0-9A-Za-z]+)"
)
_IN_APPLET = re.compile(
    r"pages/goods/detail/index(?:\.html)?\?(?:[^\s]*&)?alias=([0-9A-Za-z]{6,32})"
)
_NOT_A_PRODUCT = {"newest", "all", "list"}


def recognise_link(link: Link) -> Recognition | None:
    """A Youzan link of any form, or ``None``."""
    if not link.under("youzan.com", "kdt.im"):
        return None
    alias = _alias(link)
    if alias:
        return _product(alias, link.url)
    short = link.under("j.youzan.com", "kdt.im")
    return Recognition(
        source=SOURCE,
        confidence=0.9 if short else 0.5,
        why=(
            _("A Youzan short link; Youzan alone can tell which product.")
            if short
            else _("A page of Youzan, but not one product's.")
        ),
        url=link.url,
    )


def recognise_text(text: str) -> Recognition | None:
    """A product page of Youzan's mini-program, as its share texts name it, or ``None``."""
    match = _IN_APPLET.search(text)
    return _product(match.group(1), "") if match else None


def _alias(link: Link) -> str:
    by_path = _BY_PATH.match(link.path)
    alias = by_path.group(1) if by_path else ""
    if not alias and "/newest" not in link.path:
        alias = link.query.get("alias", "")
    return alias if _ALIAS.match(alias) and alias not in _NOT_A_PRODUCT else ""


def _product(alias: str, url: str) -> Recognition:
    return Recognition(
        source=SOURCE,
        confidence=1.0,
        why=_("A Youzan product page."),
        external_id=alias,
        url=url or f"https://detail.youzan.com/show/goods?alias={alias}",
    )


def sign_message(client_id: str, msg: str, client_secret: str) -> str:
    """Youzan's message signature: ``md5(client_id + msg + client_secret)``, hex.

    ``msg`` is the still url-encoded text as it stands in the message.
    """
    text = f"{client_id}{msg}{client_secret}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def verify_message(client_id: str, msg: str, client_secret: str, sign: str) -> bool:
    """Whether Youzan signed this message; compared in constant time."""
    return same(sign_message(client_id, msg, client_secret), sign.lower())
