"""What the engine refuses, in words. Who may publish is refused by ``media.problems``."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


def offer_invalid(why: Promise) -> Problem:
    """An SDP offer that can't be answered."""
    return Problem(
        "offer_invalid",
        422,
        _("This connection offer can't be answered: %(why)s."),
        params={"why": why},
    )


def offer_too_long() -> Problem:
    """A body that no browser sends."""
    return offer_invalid(_("it is too long"))


def no_common_codec() -> Problem:
    """Nothing that both sides can do."""
    return Problem(
        "no_common_codec",
        422,
        _("Send H.264 or VP8 pictures and Opus sound; nothing else is understood here."),
    )


def not_sdp() -> Problem:
    """The body is not SDP."""
    return Problem("not_sdp", 415, _("Send the offer as application/sdp."))


def key_required() -> Problem:
    """No stream key was sent."""
    return Problem("stream_key_required", 401, _("Send the stream key as Authorization: Bearer."))


def may_not_watch() -> Problem:
    """The pass opens no pictures of this room now."""
    return Problem(
        "may_not_watch", 403, _("This room shows no video to you now. Load the page again.")
    )


def nothing_on_air() -> Problem:
    """Nobody publishes to this room."""
    return Problem("nothing_on_air", 409, _("There is no picture yet. Try again in a moment."))


def no_hls() -> Problem:
    """What is published can't be packaged for HLS."""
    return Problem("hls_unavailable", 404, _("This video can't be watched in this way now."))


def no_replay() -> Problem:
    """The address opens no recording, or none that holds this."""
    return Problem("replay_not_found", 404, _("This part of the recording is not there."))


def media_full() -> Problem:
    """As many viewers as the process carries."""
    return Problem("media_full", 503, _("Too many people are watching; try again in a moment."))


def session_not_found() -> Problem:
    """The session has ended, or never was."""
    return Problem("session_not_found", 404, _("This connection has ended."))


def trickle_refused() -> Problem:
    """Candidates are sent with the offer, or learned from the checks."""
    return Problem(
        "trickle_refused",
        405,
        _("Candidates need not be sent later: they are learned from the connection itself."),
    )


def engine_away() -> Problem:
    """The video process does not answer."""
    return Problem("media_away", 503, _("Video is away for a moment; try again soon."))
