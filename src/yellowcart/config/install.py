"""What a fresh installation needs before its first visitor, and the demo's street."""

import logging

from django.conf import settings

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.demo import seed
from yellowcart.policy.actions import do_install_pack
from yellowcart.sources.actions import do_know_sources

log = logging.getLogger(__name__)


def install(*, demo: bool) -> None:
    """Bring reference data up to date; with ``demo``, fill an empty installation once.

    Of the platform's rules those announced by now are installed. Where a newer pack contradicts a
    rule that the operator wrote here, the operator's stands and the log says so.
    """
    do_know_sources()
    try:
        do_install_pack(settings.PLATFORM, announced_by=now())
    except Problem as problem:
        log.warning("the rules of %s were not brought up to date: %s", settings.PLATFORM, problem)
    if demo:
        seed.fill_once()
