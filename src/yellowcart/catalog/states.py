"""The life of a product's review, as data."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

#: The states in words that fit into "a product that is …".
WORDS = {
    "draft": _("a draft"),
    "in_review": _("in review"),
    "approved": _("approved"),
    "needs_changes": _("sent back for changes"),
    "rejected": _("rejected"),
}


class Step(NamedTuple):
    """One allowed step, and whose it is: the ``shop`` or an ``operator``."""

    before: str
    after: str
    by: str


#: ``draft`` is being written; ``in_review`` waits for an operator; ``approved`` may be sold;
#: ``needs_changes`` goes back to the shop with words; ``rejected`` is the end unless an operator
#: reopens it. A change of an approved product's words or pictures sends it to review again.
STEPS: frozenset[Step] = frozenset(
    {
        Step("draft", "in_review", "shop"),
        Step("needs_changes", "in_review", "shop"),
        Step("in_review", "draft", "shop"),
        Step("approved", "in_review", "shop"),
        Step("in_review", "approved", "operator"),
        Step("in_review", "needs_changes", "operator"),
        Step("in_review", "rejected", "operator"),
        Step("approved", "needs_changes", "operator"),
        Step("approved", "rejected", "operator"),
        Step("rejected", "needs_changes", "operator"),
    }
)


def may_step(before: str, after: str, by: str) -> bool:
    """Whether this step is allowed to this side."""
    return Step(before, after, by) in STEPS
