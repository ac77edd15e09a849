"""The words that the scripts of gifts, red packets and lucky bags say."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def gift_words() -> dict[str, str]:
    """What they say in a room."""
    return {
        "close": _("Close"),
        "day": _("d"),
        "title": _("Gifts"),
        "send": _("Send a gift"),
        "sendForOne": ngettext("Send · %(coins)s coin", "Send · %(coins)s coins", 1),
        "sendFor": ngettext("Send · %(coins)s coin", "Send · %(coins)s coins", 2),
        "quantity": _("Quantity"),
        "sent": _("sends %(gift)s"),
        "said": _("%(name)s sends %(gift)s"),
        "topUp": _("Top up"),
        "coinsAre": _("Coins are for gifts alone; unused ones can be given back."),
        "payPage": _("Open the page of the payment"),
        "paying": _("Pay in the other window; the room goes on here."),
        "paid": _("%(coins)s coins are yours."),
        "signIn": _("Sign in to take part"),
        **_packet_words(),
        **_bag_words(),
        **_prize_words(),
    }


def _packet_words() -> dict[str, str]:
    return {
        "packet": _("Red packet"),
        "packetLeft": _("Grab · %(count)s left"),
        "packetSoon": _("%(name)s gives %(coins)s coins in %(count)s pieces. It opens soon."),
        "packetGot": _("From %(name)s. You have %(coins)s coins now."),
        "packetLuck": _("Who took how much"),
    }


def _bag_words() -> dict[str, str]:
    return {
        "bag": _("Lucky bag"),
        "bagDrawing": _("Drawing…"),
        "bagDrawn": _("Drawn"),
        "bagCoin": ngettext("%(coins)s coin for each winner", "%(coins)s coins for each winner", 1),
        "bagCoins": ngettext(
            "%(coins)s coin for each winner", "%(coins)s coins for each winner", 2
        ),
        "bagCoupon": _("A coupon for each winner"),
        "bagGoods": _("%(title)s, free of charge"),
        "bagGoodsGone": _("Goods, free of charge"),
        "bagWinners": _("%(count)s win"),
        "bagEntrants": _("%(count)s take part"),
        "bagFair": _("The draw was fixed before anybody entered, and can be checked by anybody."),
        "bagVerify": _("Check it"),
        "bagEnter": _("Take part"),
        "bagNotYet": _("Meet the conditions first"),
        "bagIn": _("You take part. In the list you are %(name)s."),
        "bagWon": _("You won: %(title)s"),
        "bagLost": _("Not this time."),
        "bagNobody": _("Nobody took part."),
        "bagWinnersAre": _("The winners"),
        "needFollow": _("Follow the host"),
        "needSay": _("Say “%(text)s” in the chat"),
        "needWatch": _("Watch: %(done)s of %(all)s seconds"),
        "needBuy": _("Buy something in this room"),
        "needNothing": _("Everybody may take part."),
        "doFollow": _("Follow"),
        "doSay": _("Say it"),
    }


def _prize_words() -> dict[str, str]:
    return {
        "prizeCoin": ngettext(
            "You won %(coins)s coin; it is in your wallet.",
            "You won %(coins)s coins; they are in your wallet.",
            1,
        ),
        "prizeCoins": ngettext(
            "You won %(coins)s coin; it is in your wallet.",
            "You won %(coins)s coins; they are in your wallet.",
            2,
        ),
        "prizeCoupon": _("You won a coupon; it is among yours."),
        "prizeSent": _("Your prize is on its way."),
        "prizeLapsed": _("This prize was not claimed in time."),
        "prizeWhere": _("You won! Say where it goes within %(left)s."),
        "prizeSend": _("Send it to me"),
        "seeOrder": _("See the order"),
        "addressName": _("Who receives it"),
        "addressPhone": _("Phone"),
        "address": _("Address"),
    }
