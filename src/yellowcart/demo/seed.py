"""Fill an empty installation once."""

from django.db import transaction

from yellowcart.demo import street
from yellowcart.people.models import Account


def fill_once() -> bool:
    """Open the demo's street unless anybody is here already; whether it was opened."""
    if Account.objects.exists():
        return False
    with transaction.atomic():
        street.open_accounts()
    return True
