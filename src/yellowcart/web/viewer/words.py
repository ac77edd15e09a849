"""The words that the pages' scripts say, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.live.words import REPORT_CATEGORIES
from yellowcart.web.base.words import STATES
from yellowcart.web.viewer.gift_words import gift_words


def buying_words() -> dict[str, Any]:
    """What the buy sheet says."""
    return {
        "soldOut": _("Sold out"),
        "onlyLeft": _("Only %(count)s left"),
        "left": _("%(count)s in stock"),
        "standard": _("Standard"),
        "variant": _("Choose"),
        "quantity": _("Quantity"),
        "fewer": _("Fewer"),
        "more": _("More"),
        "limit": _("At most %(count)s for each buyer"),
        "signIn": _("Sign in to buy"),
        "placeOrder": _("Place the order · %(total)s"),
        "noAnswer": _(
            "No answer came. Try again: it stays one order, and nothing is charged twice."
        ),
        "pay": _("Pay now"),
        "placed": _("Your order is placed"),
        "placedMany": _("Your %(count)s orders are placed; one payment pays them all"),
        "payWithin": _("Pay within"),
        "depositWithin": _("Pay the deposit within"),
        "depositDue": _("Deposit, now"),
        "total": _("Total"),
        "goodsSum": _("Goods"),
        "discount": _("Coupons"),
        "seeOrder": _("See the order"),
        "notOnSale": _("Not on sale"),
        "removeFrom": _("Leave out %(title)s"),
        **_price_words(),
        **_coupon_words(),
        **_waiting_words(),
    }


def _price_words() -> dict[str, Any]:
    return {
        "day": _("d"),
        "flash": _("Flash price"),
        "endsIn": _("Ends in"),
        "atThisPrice": _("%(count)s left at this price"),
        "fansPrice": _("Followers' price"),
        "fansPay": _("Followers pay %(price)s"),
        "follow": _("Follow"),
        "followed": _("You follow now: prices for followers are yours."),
        "deposit": _("Pay %(deposit)s now, and %(balance)s from %(from)s to %(until)s."),
        "depositsOver": _("Deposits are no longer taken."),
        "payDeposit": _("Pay the deposit · %(total)s"),
        "roomLimit": _("At most %(count)s pieces for each buyer in this room."),
        "firstPaid": _("First paid, first served: an order holds nothing until it is paid."),
    }


def _coupon_words() -> dict[str, Any]:
    return {
        "coupons": _("Coupons"),
        "claim": _("Claim"),
        "claimed": _("Claimed"),
        "couponOff": _("%(amount)s off"),
        "couponRate": _("%(percent)s % off"),
        "couponMost": _("at most %(amount)s"),
        "couponFrom": _("orders from %(amount)s"),
        "couponAny": _("any order"),
        "couponFans": _("for followers"),
        "couponWhy": {
            "used": _("Used"),
            "spent": _("Used up by others"),
            "over": _("Over"),
            "not_yet": _("Not yet"),
            "not_for_these": _("Not for these goods"),
            "from": _("From %(when)s on"),
            "more": _("%(amount)s more and you can use it"),
        },
    }


def _waiting_words() -> dict[str, Any]:
    return {
        "waitFor": _("Sold out: wait for it"),
        "soldOutWait": _("Sold out · wait"),
        "waiting": _("You wait for %(count)s. What comes back is set aside for you in turn."),
        "waitNoMore": _("Wait no longer"),
        "setAside": _("%(count)s set aside for you until %(when)s."),
    }


def _room_page_words() -> dict[str, Any]:
    return {
        "newMessages": _("%(count)s new messages"),
        "heard": _("%(count)s new messages. %(name)s: %(text)s"),
        "like": _("Like this show"),
        "likeCount": _("Like this show; %(count)s likes so far"),
        "linkCopied": _("The link is copied: send it to whoever should see this."),
        "othersLive": _("Live now"),
        "replay": _("Watch the replay"),
        "backSoon": _("Back in a moment…"),
        "pictureComing": _("The picture is coming…"),
        "pictureStuck": _("The picture is stuck; it goes on by itself."),
        "pictureOver": _("The picture has ended. Chat and cart go on."),
        "pictureOff": _("The picture is off, to save data."),
        "showPicture": _("Show the picture"),
        "withoutPicture": _("Go on without the picture"),
        "toHost": _("To %(name)s"),
        "arrivals": {
            "came": {
                "one": _("%(name)s came in"),
                "several": _("%(name)s and %(count)s others came in"),
            },
            "followed": {
                "one": _("%(name)s follows the host now"),
                "several": _("%(name)s and %(count)s others follow the host now"),
            },
        },
    }


def order_words() -> dict[str, Any]:
    """What the order of the chat says: pinned message, deeds about a line, reports."""
    return {
        "pinned": _("Pinned message"),
        "message": _("Message"),
        "close": _("Close"),
        "signIn": _("Sign in first; guests can watch."),
        "pin": _("Pin it above the chat"),
        "unpin": _("Unpin it"),
        "pinDone": _("Pinned above the chat."),
        "unpinDone": _("Unpinned."),
        "delete": _("Delete it for everybody"),
        "deleted": _("Deleted for everybody."),
        "mute": _("Mute for"),
        "minutes": [_("10 minutes"), _("an hour"), _("a day")],
        "muted": _("Muted."),
        "note": _("Why (for the room's log)"),
        "block": _("Put out of this show"),
        "blockSure": _("Put %(name)s out of this show? What they bought stays theirs."),
        "blocked": _("Put out of this show."),
        "report": _("Report to the platform"),
        "reportRoom": _("Report this room"),
        "reported": _("Thank you. The platform looks at it."),
        "about": _("What it is about"),
        "more": _("What you saw"),
        "evidence": _("Link to evidence (optional)"),
        "secret": _("Nobody but the platform learns that it was you."),
        "categories": {key: str(name) for key, name in REPORT_CATEGORIES.items()},
    }


def _question_words() -> dict[str, Any]:
    return {
        "title": _("Ask about the goods"),
        "about": _("About"),
        "general": _("Something else"),
        "explain": _("Please explain it"),
        "placeholder": _("Or ask in your words…"),
        "send": _("Send the question"),
        "close": _("Close"),
        "asked": _("Asked. You are told when it is answered."),
        "answered": _("Your question is being answered now."),
        "states": {
            "waiting": _("waiting"),
            "answered": _("answered"),
            "dismissed": _("not taken up"),
        },
    }


def _remind_words() -> dict[str, Any]:
    return {
        "remindMe": _("Remind me"),
        "reminded": _("You will be reminded"),
        "willRemind": _("You are told ten minutes before, and when it begins."),
        "calendar": _("Calendar"),
        "waiting": _("%(count)s want to be reminded"),
    }


def room_words() -> dict[str, Any]:
    """What a room's scripts say."""
    return {
        **buying_words(),
        "phases": {state: str(word.label) for state, word in STATES["room"].items()},
        "surfaces": {surface: str(name) for surface, name in SURFACE_NAMES.items()},
        "roles": {
            "host": _("Host"),
            "cohost": _("Co-host"),
            "moderator": _("Moderator"),
            "platform": _("Platform"),
        },
        "statuses": {
            "connecting": _("Entering the room…"),
            "broken": _("The line is broken; finding the way back…"),
            "out": _("You can't take part in this show any more. What you bought stays yours."),
            "offline": _("You are offline. The cart stays; the room goes on when you are back."),
        },
        **_room_page_words(),
        "gifts": gift_words(),
        "order": order_words(),
        "viewers": _("%(count)s watching"),
        "startsAt": _("Starts %(when)s"),
        "startsIn": _("Begins in"),
        "over": _("The show is over"),
        "overMore": _("Its goods may still be on the host's profile."),
        "pinned": _("Explaining"),
        "sold": _("%(count)s sold"),
        "leaves": _("Leaves this cart in"),
        "jump": _("At %(source)s"),
        "look": _("Look"),
        "buy": _("Buy"),
        "soon": _("Soon"),
        "remind": _remind_words(),
        "questions": _question_words(),
        "shares": {"copy": _("Copy the share code"), "copied": _("Copied. Paste it anywhere.")},
        "justBought": _("%(name)s has just bought"),
        "moreBought": _("and %(count)s more just now"),
        "onSaleIn": _("On sale in"),
        "held": _("The host links it up soon"),
        "priceHidden": _("Price told at the sale"),
        "presale": _("Pre-sale: deposit %(deposit)s"),
        "holds": _("Unpaid orders last %(minutes)s minutes."),
        "basketAdd": _("Buy %(title)s together with others"),
        "basketCount": _("%(count)s chosen"),
        "basketBuy": _("Buy together"),
        "barred": _("May not be sold in live rooms"),
        "checking": _("The rule for this is changing right now"),
        "checkingMore": _("It is back in a moment if it may stay."),
        "whereElse": _("Where to get it"),
        "since": _("Since"),
        "stillOpen": _("Still open"),
        "rule": _("Rule"),
        "revision": _("revision %(number)s"),
        "cut": _("%(when)s: %(count)s goods left this cart."),
        "restored": _("%(count)s goods are back in the cart."),
    }
