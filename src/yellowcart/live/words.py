"""What things of a room are called."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REPORT_CATEGORIES: Final = {
    "fraud": _("Fraud or false promises"),
    "counterfeit": _("Counterfeit goods"),
    "abuse": _("Insults or harassment"),
    "spam": _("Spam or luring away"),
    "vulgar": _("Vulgar or sexual"),
    "violence": _("Violence or danger"),
    "illegal": _("Something illegal"),
    "minors": _("Harms minors"),
    "copyright": _("Somebody else's work or name"),
    "other": _("Something else"),
}

MEASURES: Final = {
    "none": _("Nothing more"),
    "hide": _("Delete the message"),
    "end": _("End the show"),
    "block_account": _("Block the account"),
}

#: What the moderation log calls what was done.
DEEDS: Final = {
    "hide": _("deleted a message of"),
    "pin": _("pinned a message of"),
    "unpin": _("unpinned the message"),
    "mute": _("muted"),
    "unmute": _("let speak again"),
    "block": _("put out of the show"),
    "unblock": _("let in again"),
    "end": _("ended the show"),
    "block_account": _("blocked the account of"),
}
