"""What can be refused around coins, gifts, packets and bags, in words."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


def coins_off() -> Problem:
    """No terms of coins, bags or packets hold on this platform now."""
    return Problem("coins_off", 409, _("Coins are not in use on this platform."))


def too_young(least_age: int) -> Problem:
    """The account's birth date says that it may not buy or give coins."""
    return Problem(
        "too_young",
        403,
        _("Coins and gifts are for people of %(age)s and older."),
        params={"age": least_age},
        extra={"least_age": least_age},
    )


def amount_invalid(most: int) -> Problem:
    """An amount of coins that is not sold."""
    return Problem("coins_amount", 422, _("Choose 1 to %(most)s coins."), params={"most": most})


def currency_differs() -> Problem:
    """A wallet holds coins of one currency."""
    return Problem("coins_currency", 409, _("Your coins are of another currency. Give them first."))


def not_enough_coins(left: int) -> Problem:
    """The wallet holds less than that."""
    return Problem(
        "not_enough_coins",
        409,
        _("You have %(left)s coins. Top up first."),
        params={"left": left},
        extra={"coins": left},
    )


def day_limit(left: int) -> Problem:
    """The account has given as much as it may today."""
    return Problem(
        "gift_day_limit",
        409,
        _("You can give %(left)s more coins today. Go on tomorrow."),
        params={"left": left},
        extra={"left_today": left},
    )


def top_up_not_found() -> Problem:
    """No top-up of this account has this id."""
    return Problem("top_up_not_found", 404, _("There is no such top-up."))


def top_up_used() -> Problem:
    """Coins left the wallet after the top-up, or it is not paid."""
    return Problem("top_up_used", 409, _("Only coins of which none was used since are refunded."))


def gift_unknown() -> Problem:
    """The catalogue has no such gift."""
    return Problem("gift_unknown", 404, _("There is no such gift."))


def quantity_invalid(most: int) -> Problem:
    """So many can't be sent at once."""
    return Problem("gift_quantity", 422, _("Send 1 to %(most)s at once."), params={"most": most})


def key_invalid() -> Problem:
    """The idempotency key is missing or too long."""
    return Problem("key_invalid", 422, _("Send an idempotency key of 8 to 100 characters."))


def key_taken() -> Problem:
    """The key stands for something else."""
    return Problem("key_taken", 409, _("This idempotency key was used for something else."))


def not_to_yourself() -> Problem:
    """The host sends a gift in their own room, or claims what they gave."""
    return Problem("not_to_yourself", 403, _("You can't give to yourself."))


def room_not_live() -> Problem:
    """Only while a room is live."""
    return Problem("room_not_live", 409, _("This works while the room is live."))


def not_welcome() -> Problem:
    """The host or a moderator blocked this viewer."""
    return Problem("not_welcome", 403, _("You were blocked in this room."))


def room_practice() -> Problem:
    """A practice room is among those who run it; no money moves there."""
    return Problem("room_practice", 409, _("Nothing is given in a practice room."))


def funder_invalid() -> Problem:
    """Whoever should pay for it is none that can."""
    return Problem(
        "funder_invalid", 422, _("Choose who pays: wallet, creator, shop:<id> or platform.")
    )


def not_enough_earned(available: int) -> Problem:
    """The funder can take out less than that."""
    return Problem(
        "not_enough",
        409,
        _("That is more than can be taken out now."),
        extra={"available": available},
    )


def shop_not_in_room() -> Problem:
    """A shop that sells nothing in a room gives nothing there."""
    return Problem(
        "shop_not_in_room", 403, _("A shop gives in rooms that have its goods in the cart.")
    )


PACKET_WHY: Final[Mapping[str, Promise]] = {
    "pieces": _("Choose 1 piece or more, at most %(most)s."),
    "coins": _("Give at least one coin for each piece, at most %(most)s in all."),
    "opens_at": _("It opens at once or within %(most)s seconds."),
    "split": _("Choose equal or lucky."),
    "entry": _("Choose all, followers or commented."),
}


def packet_invalid(why: str, most: int = 0) -> Problem:
    """A red packet can't be like that; ``why`` is a key of :data:`PACKET_WHY`."""
    return Problem(
        "packet_invalid", 422, PACKET_WHY[why], params={"most": most}, extra={"why": why}
    )


def packet_not_found() -> Problem:
    """No red packet has this id."""
    return Problem("packet_not_found", 404, _("There is no such red packet."))


def packet_not_open() -> Problem:
    """It opens later."""
    return Problem("packet_not_open", 409, _("This red packet is not open yet."))


def packet_over() -> Problem:
    """Everything is taken, or its time is over."""
    return Problem("packet_over", 409, _("This red packet is empty."))


def packet_entry(entry: str) -> Problem:
    """Whoever claims does not meet its condition."""
    words = {
        "followers": _("Follow the host first, then tap again."),
        "commented": _("Say something in the chat first, then tap again."),
    }
    return Problem("packet_entry", 403, words[entry], extra={"entry": entry})


BAG_WHY: Final[Mapping[str, Promise]] = {
    "title": _("Give the bag a title of at most 120 characters."),
    "winners": _("Choose 1 to %(most)s winners."),
    "duration": _("Choose a duration of %(least)s to %(most)s seconds."),
    "say": _("The comment has at most %(most)s characters."),
    "emoji": _("The comment to be said has no emoji."),
    "watch": _("The watch time is at least %(least)s seconds shorter than the bag."),
    "buy": _("A purchase can't be asked for on this platform."),
    "prize": _("Choose coins, a coupon or goods as the prize."),
    "coins": _("Give at least 1 coin to each winner."),
    "coupon": _("Choose a coupon that you gave, that is in use, and that reaches all winners."),
    "listing": _("Choose goods of your own shop that are in this room's cart."),
    "barred": _("Cash, gift cards and the like can't be prizes."),
}


def bag_invalid(why: str, *, least: int = 0, most: int = 0) -> Problem:
    """A bag can't be like that; ``why`` is a key of :data:`BAG_WHY`."""
    return Problem(
        "bag_invalid",
        422,
        BAG_WHY[why],
        params={"least": least, "most": most},
        extra={"why": why},
    )


def bag_not_found() -> Problem:
    """No bag has this id."""
    return Problem("bag_not_found", 404, _("There is no such lucky bag."))


def bag_active() -> Problem:
    """A room has one bag at a time."""
    return Problem(
        "bag_active", 409, _("This room has a lucky bag already. Wait until it is drawn.")
    )


def bag_over() -> Problem:
    """Nobody can enter any more."""
    return Problem("bag_over", 409, _("This lucky bag is closed."))


def host_may_not_enter() -> Problem:
    """The host and who helps them take no part."""
    return Problem(
        "host_may_not_enter", 403, _("The host and the room's moderators can't take part.")
    )


NEEDS: Final[Mapping[str, Promise]] = {
    "follow": _("follow the host"),
    "say": _("say the words in the chat"),
    "watch": _("watch a little longer"),
    "buy": _("buy something in this room"),
}


def needs_unmet(unmet: Sequence[str]) -> Problem:
    """Conditions are not met yet; ``unmet`` names them."""
    return Problem(
        "bag_needs",
        403,
        _("To take part: %(what)s."),
        params={"what": NEEDS[unmet[0]]},
        extra={"unmet": list(unmet)},
    )


def nonce_invalid() -> Problem:
    """The nonce is no number in hexadecimal."""
    return Problem(
        "nonce_invalid", 422, _("The nonce has 16 to 64 digits of lower-case hexadecimal.")
    )


def prize_not_found() -> Problem:
    """The account won no such prize."""
    return Problem("prize_not_found", 404, _("You have won no such prize."))


def prize_lapsed() -> Problem:
    """It was not claimed in time."""
    return Problem("prize_lapsed", 409, _("The time to claim this prize is over."))


def address_missing(missing: Sequence[str]) -> Problem:
    """Where should the parcel go?"""
    return Problem(
        "ship_to_required",
        422,
        _("Say where the prize goes: name, phone and address."),
        extra={"missing": list(missing)},
    )
