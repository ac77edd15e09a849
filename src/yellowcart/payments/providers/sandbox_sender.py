"""The sandbox's side of the wire: it calls us over HTTP, as any provider would."""

import json

import httpx
from django.conf import settings

from yellowcart.core import jobs
from yellowcart.payments.models import SandboxCharge
from yellowcart.payments.providers.sandbox import CALLBACK_PATH, kind_of, signed_headers

SEND_TIMEOUT_SECONDS = 10.0


@jobs.job("payments.sandbox_callback")
def send_callback(ref: str) -> None:
    """Tell the shop what became of a charge; raises, to be tried again, unless it took it in."""
    charge = SandboxCharge.objects.get(ref=ref)
    if charge.state == "open":
        return
    kind = kind_of(charge)
    body = json.dumps(
        {
            "type": kind,
            "ref": charge.ref,
            "amount": charge.amount_minor,
            "currency": charge.currency,
        }
    ).encode()
    url = settings.BASE_URL.rstrip("/") + CALLBACK_PATH
    headers = {"content-type": "application/json", **signed_headers(f"{kind}:{ref}", body)}
    httpx.post(url, content=body, headers=headers, timeout=SEND_TIMEOUT_SECONDS).raise_for_status()
