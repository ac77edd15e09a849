"""The life of a permit: what may be done to it, and what it becomes."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem


class State(StrEnum):
    """How a permit stands. Nobody asked for it yet: there is none."""

    REFUSED = "refused"
    PILOT = "pilot"
    GRANTED = "granted"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What happened to a permit."""

    APPLIED = "applied"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    RESUMED = "resumed"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_REJECTED = "appeal_rejected"


#: From which states each verb may be done; None is a permit nobody asked for.
ALLOWED: Final = MappingProxyType(
    {
        Verb.APPLIED: frozenset({None, State.REFUSED, State.PILOT}),
        Verb.PAUSED: frozenset({State.PILOT, State.GRANTED}),
        Verb.WITHDRAWN: frozenset({State.PILOT, State.GRANTED, State.PAUSED}),
        Verb.RESUMED: frozenset({State.PAUSED, State.WITHDRAWN}),
    }
)

#: What was decided against somebody, and may be appealed.
AGAINST: Final = frozenset({State.REFUSED, State.PAUSED, State.WITHDRAWN})
#: The verbs that decide; answers to appeals look back on one of them.
DECIDING: Final = frozenset({Verb.APPLIED, Verb.PAUSED, Verb.WITHDRAWN, Verb.RESUMED})

_REASONS: Final[dict[State | None, Promise]] = {
    None: _("This permit was never given. Its holder has to apply for it first."),
    State.REFUSED: _("This permit is refused at present. Its holder can apply again, or appeal."),
    State.PILOT: _("A pilot is running; it has to be paused or withdrawn first."),
    State.GRANTED: _("This permit is granted already; there is nothing to do."),
    State.PAUSED: _("This permit is paused. Appeal, or wait until an operator resumes it."),
    State.WITHDRAWN: _("This permit was withdrawn. Appeal; an operator can give it back."),
}


def check_may(verb: Verb, state: State | None) -> None:
    """Raise the problem ``permit_state`` (409), with the reason, where a verb does not fit."""
    if state not in ALLOWED[verb]:
        raise Problem("permit_state", 409, _REASONS[state], extra={"state": state})
