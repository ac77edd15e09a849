"""What can be refused around a room, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.instants import iso
from yellowcart.core.problems import Problem
from yellowcart.live.flashes import Flash
from yellowcart.live.rules import (
    LONGEST_HOLD_SECONDS,
    LONGEST_MUTE_MINUTES,
    LONGEST_TITLE,
    SHORTEST_HOLD_SECONDS,
    SLOWEST_MODE_SECONDS,
)


def room_not_found() -> Problem:
    """No room has this id, or it was cancelled."""
    return Problem("room_not_found", 404, _("There is no such room."))


def not_your_room() -> Problem:
    """Only the host may do this."""
    return Problem("not_your_room", 403, _("Only the host of this room may do this."))


def not_a_moderator() -> Problem:
    """Only the host and the room's moderators may do this."""
    return Problem(
        "not_a_moderator", 403, _("Only the host and the moderators of this room may do this.")
    )


def out_of_reach() -> Problem:
    """A moderator reached for the host, another moderator or the platform."""
    return Problem(
        "out_of_reach",
        403,
        _("You can act on viewers only, not on the host, moderators or the platform."),
    )


def wrong_state(why: Promise) -> Problem:
    """The room is not where it would have to be; ``why`` is a sentence."""
    return Problem("room_state", 409, why)


def go_live_permit_missing() -> Problem:
    """The creator may not go live."""
    return Problem(
        "permit_missing",
        403,
        _("You need the permit to go live. Apply for it first."),
        extra={"permit": "go_live"},
    )


def pilot_used_up(most: int) -> Problem:
    """A creator on probation has sold live as often as this week allows."""
    return Problem(
        "pilot_used_up",
        403,
        _(
            "On probation you may sell in %(most)s live rooms a week, and this week's are used up."
            " Go live without goods, or wait until next week."
        ),
        params={"most": most},
    )


def title_invalid() -> Problem:
    """A room needs a title that fits."""
    return Problem(
        "title_invalid",
        422,
        _("Give the room a title of at most %(most)s characters."),
        params={"most": LONGEST_TITLE},
    )


def cover_invalid() -> Problem:
    """The cover is no web address."""
    return Problem("cover_invalid", 422, _("The cover needs an address that starts with https://."))


def time_passed() -> Problem:
    """A show was scheduled for a time that has passed."""
    return Problem("time_passed", 422, _("Choose a time that is still to come."))


def slow_mode_invalid() -> Problem:
    """Slow mode out of range."""
    return Problem(
        "slow_mode_invalid",
        422,
        _("Slow mode takes 0 to %(most)s seconds."),
        params={"most": SLOWEST_MODE_SECONDS},
    )


def selling_invalid() -> Problem:
    """A room can't sell like that."""
    return Problem(
        "selling_invalid",
        422,
        _(
            "Choose hold or first_paid; unpaid orders last %(shortest)s to %(longest)s seconds,"
            " and the limit is 1 or more."
        ),
        params={"shortest": SHORTEST_HOLD_SECONDS, "longest": LONGEST_HOLD_SECONDS},
    )


def mute_invalid() -> Problem:
    """A mute out of range."""
    return Problem(
        "mute_invalid",
        422,
        _("A mute lasts 1 to %(most)s minutes."),
        params={"most": LONGEST_MUTE_MINUTES},
    )


def message_not_found() -> Problem:
    """No message of this room has this id."""
    return Problem("message_not_found", 404, _("There is no such message in this room."))


def account_not_found() -> Problem:
    """Nobody has this id."""
    return Problem("account_not_found", 404, _("There is no such account."))


def too_many_moderators(most: int) -> Problem:
    """The room has as many moderators as it may."""
    return Problem(
        "too_many_moderators",
        409,
        _("A room has at most %(most)s moderators."),
        params={"most": most},
    )


def flash_running(flash: Flash) -> Problem:
    """While a flash price runs nothing else is explained, and no other one begins."""
    return Problem(
        "flash_running",
        409,
        _("A flash price runs for %(title)s. Wait until it is over, or end it."),
        params={"title": flash.title},
        extra={"listing_id": str(flash.listing_id), "until": iso(flash.until)},
    )


def no_flash() -> Problem:
    """There is no flash price to end."""
    return Problem("no_flash", 409, _("No flash price runs in this room."))


def not_live() -> Problem:
    """Something that needs viewers was asked for before the show or after it."""
    return Problem("room_state", 409, _("Go live first."))


def script_invalid(why: str, number: int) -> Problem:
    """A step of a script can't be like that; ``why`` names its field."""
    return Problem(
        "script_invalid",
        422,
        _("Step %(number)s of the script can't be like that; check its %(why)s."),
        params={"number": number, "why": why},
        extra={"why": why, "number": number},
    )


def nothing_planned() -> Problem:
    """The step that is on has no planned action."""
    return Problem("nothing_planned", 409, _("Nothing is planned for this step."))


def too_many_remotes(most: int) -> Problem:
    """As many devices steer the room as may."""
    return Problem(
        "too_many_remotes",
        409,
        _("At most %(most)s devices can steer a room. Take one back first."),
        params={"most": most},
    )


def remote_refused() -> Problem:
    """A code or token is unknown, used, over or taken back."""
    return Problem(
        "remote_refused",
        403,
        _("This remote control is not valid any more. Ask the host for a new picture."),
    )


def category_unknown() -> Problem:
    """A report needs one of the kinds there are."""
    return Problem("category_unknown", 422, _("Choose what it is about from the list."))


def evidence_invalid() -> Problem:
    """The evidence is no web address."""
    return Problem(
        "evidence_invalid", 422, _("Evidence needs an address that starts with https://.")
    )


def report_own() -> Problem:
    """Somebody reports themselves."""
    return Problem("report_own", 422, _("This is your own; you can't report it."))


def report_not_found() -> Problem:
    """No report has this id."""
    return Problem("report_not_found", 404, _("There is no such report."))


def report_decided() -> Problem:
    """Somebody was faster."""
    return Problem("report_decided", 409, _("This report is settled already."))


def reason_missing() -> Problem:
    """A decision needs a reason."""
    return Problem("reason_missing", 422, _("Say why; the people it is about will read it."))


def measure_invalid() -> Problem:
    """That can't be done about this report."""
    return Problem(
        "measure_invalid",
        422,
        _("Choose a measure that fits: a report that is dismissed takes none."),
    )


def not_to_come() -> Problem:
    """The show is live, over or called off."""
    return Problem("room_state", 409, _("This show is not to come any more."))


def postponed_too_often(most: int) -> Problem:
    """A show was moved as often as it may be."""
    return Problem(
        "postponed_too_often",
        409,
        _("A show can be postponed %(most)s times. Call it off and schedule a new one."),
        params={"most": most},
    )


def series_invalid(most: int) -> Problem:
    """A series out of range."""
    return Problem(
        "series_invalid", 422, _("A series has 2 to %(most)s shows."), params={"most": most}
    )


def not_to_share() -> Problem:
    """The room is over, called off or for practice."""
    return Problem("room_state", 409, _("This room can't be shared."))


def share_not_found() -> Problem:
    """No share code of ours in this, or what it opened is gone."""
    return Problem(
        "share_not_found", 404, _("There is no share code of ours in this, or it is gone.")
    )


def not_live_now() -> Problem:
    """Something that needs the show was asked for before it or after it."""
    return Problem("room_state", 409, _("You can ask while the show is live."))


def muted_here() -> Problem:
    """The asker may not speak in this room for now."""
    return Problem("chat_muted", 403, _("The host has muted you in this room for now."))


def blocked_word() -> Problem:
    """The question has words that the room doesn't want."""
    return Problem("chat_blocked_word", 422, _("This room doesn't allow some of these words."))


def asked_too_often(most: int, seconds: int) -> Problem:
    """A viewer asks faster than hosts can answer."""
    return Problem(
        "asked_too_often",
        429,
        _("Ask once in %(seconds)s s, and wait for answers while %(most)s of yours are open."),
        params={"seconds": seconds, "most": most},
    )


def question_not_found() -> Problem:
    """No question of this room has this id."""
    return Problem("question_not_found", 404, _("There is no such question in this room."))


def cohost_invalid() -> Problem:
    """Only other creators can be asked to host."""
    return Problem("cohost_invalid", 422, _("Only another creator can host with you."))


def too_many_cohosts(most: int) -> Problem:
    """The show has as many hosts as it may."""
    return Problem(
        "too_many_cohosts",
        409,
        _("At most %(most)s can host with you. Take one out first."),
        params={"most": most},
    )


def cohost_not_found() -> Problem:
    """They were not asked, or have not accepted."""
    return Problem("cohost_not_found", 404, _("They don't host this show."))


def stage_not_yours() -> Problem:
    """Somebody without the stage wants to give it away."""
    return Problem(
        "stage_not_yours", 403, _("Only the creator and whoever has the stage can hand it on.")
    )
