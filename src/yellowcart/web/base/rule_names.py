"""What people call a rule: whose goods, where, and what it decides; its key is for programs."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from yellowcart.listings.words import SURFACE_NAMES
from yellowcart.policy import queries
from yellowcart.policy.rules import Kind, Outcome, Rule
from yellowcart.web.base import words

#: So many of a list are named; of a longer one the first and how many more.
_MOST = 3


def name_of(rule: Rule) -> str:
    """A rule's name in the reader's language: "Links to Youzan · Live room · Not allowed"."""
    return f"{subject_of(rule)} · {_decides(rule)}"


def subject_of(rule: Rule) -> str:
    """What a rule speaks of, for where a badge beside it says what it decides."""
    return " · ".join([_goods(rule), _places(rule), *_whose(rule)])


def find(key: str) -> Rule | None:
    """The rule with this key as it was written last, if there is one."""
    found = [rule for rule in queries.table().rules if rule.key == key]
    return found[-1] if found else None


def _goods(rule: Rule) -> str:
    links = rule.integrations is not None and rule.integrations == {"link"}
    if rule.sources is not None:
        names = _some(rule.sources, words.SOURCES)
        return gettext("Links to %(sources)s") % {"sources": names} if links else names
    if links:
        return gettext("All links")
    if rule.integrations is not None:
        labels = {name: word.label for name, word in words.INTEGRATIONS.items()}
        return _some(rule.integrations, labels)
    return gettext("All goods")


def _places(rule: Rule) -> str:
    if rule.surfaces is None:
        return gettext("everywhere")
    return _some(rule.surfaces, SURFACE_NAMES)


def _whose(rule: Rule) -> list[str]:
    """Whom alone a rule concerns."""
    found = []
    if rule.shop_types is not None:
        found.append(_some(rule.shop_types, words.SHOP_TYPES))
    if rule.shops is not None:
        count = len(rule.shops)
        found.append(ngettext("%(count)s shop", "%(count)s shops", count) % {"count": count})
    if rule.creators is not None:
        count = len(rule.creators)
        found.append(ngettext("%(count)s creator", "%(count)s creators", count) % {"count": count})
    return found


def _decides(rule: Rule) -> str:
    if rule.kind is Kind.SUSPENSION:
        return gettext("Suspended for the time being")
    outcome = str(words.OUTCOMES[rule.outcome.value].label)
    if rule.fee_bps is None:
        return outcome
    fee = gettext("fee %(percent)s") % {"percent": f"{rule.fee_bps / 100:g}%"}
    return fee if rule.outcome is Outcome.ALLOW else f"{outcome} · {fee}"


def _some(values: Iterable[str], names: Mapping[str, "Promise | str"]) -> str:
    shown = [str(names.get(one, one)) for one in sorted(values)]
    if len(shown) <= _MOST:
        return gettext(", ").join(shown)
    rest = len(shown) - _MOST + 1
    first = gettext(", ").join(shown[: _MOST - 1])
    return ngettext("%(first)s and %(count)s more", "%(first)s and %(count)s more", rest) % {
        "first": first,
        "count": rest,
    }
