"""Who keeps quiet: a room tells by itself neither that they come in or follow, nor what they buy.

What they say or give in a room carries their name as ever.
"""

from yellowcart.live.models import QuietViewer
from yellowcart.people.models import Account


def do_set_quiet(account: Account, *, quiet: bool) -> None:
    """Keep quiet, or not any more: of purchases and follows from now on, of coming in and being
    there from the next time the account comes in."""
    if quiet:
        QuietViewer.objects.get_or_create(account=account)
    else:
        QuietViewer.objects.filter(account=account).delete()


def is_quiet(account: Account) -> bool:
    """Whether somebody keeps quiet."""
    return QuietViewer.objects.filter(account=account).exists()
