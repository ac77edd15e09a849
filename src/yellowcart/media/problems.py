"""What can be refused around video, in words."""

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


def stream_key_invalid() -> Problem:
    """No key in force has this secret."""
    return Problem(
        "stream_key_invalid",
        403,
        _("This stream key is not in force. Copy the key from your live desk again."),
    )


def already_publishing() -> Problem:
    """The room has a publisher."""
    return Problem(
        "already_publishing",
        409,
        _("Somebody is publishing to this room already. Stop the other one first."),
    )


def room_not_open() -> Problem:
    """The room is over, or was called off."""
    return Problem(
        "room_not_open",
        409,
        _("This show is over. Schedule a new one and use its stream key."),
    )


def broadcast_not_found() -> Problem:
    """No broadcast has this id."""
    return Problem("broadcast_not_found", 404, _("There is no such broadcast."))


def stream_key_not_found() -> Problem:
    """No key of this room has this id."""
    return Problem("stream_key_not_found", 404, _("There is no such stream key."))


def hook_refused() -> Problem:
    """Whoever calls a hook does not know its secret, or cannot sign."""
    return Problem(
        "hook_refused",
        403,
        _("This call is not signed by the media server. Check the secret on both sides."),
    )


def stream_unknown() -> Problem:
    """A hook speaks of a stream that is no room of ours."""
    return Problem("stream_unknown", 404, _("This stream belongs to no room here."))


def may_not_watch() -> Problem:
    """The room is not public, or the pass is none."""
    return Problem("may_not_watch", 403, _("This room can't be watched now. Load the page again."))


def media_off() -> Problem:
    """This installation carries no video."""
    return Problem(
        "media_off",
        409,
        _(
            "Video is off here. The platform's operator turns it on by starting without "
            "YELLOWCART_MEDIA=off, or names a media server in YELLOWCART_MEDIA_SERVER."
        ),
    )


def media_server_silent() -> Problem:
    """The media server did not answer."""
    return Problem(
        "media_server_silent",
        503,
        _("The media server does not answer. Try again, or ask the platform's operator."),
    )


def replay_not_found() -> Problem:
    """The room has no replay, or none for the caller."""
    return Problem("replay_not_found", 404, _("There is no replay of this room."))
