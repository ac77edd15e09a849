"""What waits for an operator, read through the queries of the folders it belongs to."""

from dataclasses import dataclass

from yellowcart.aftersales import queries as aftersales
from yellowcart.catalog import queries as catalog
from yellowcart.live.reports import reports_in
from yellowcart.notices.models import Appeal
from yellowcart.orders import disputes
from yellowcart.payments import queries as payments
from yellowcart.people.models import PermitAppeal
from yellowcart.policy import queries as policy


@dataclass(frozen=True, slots=True)
class Waiting:
    """Counts for the navigation and the overview."""

    drafts: int
    policy_appeals: int
    permit_appeals: int
    reviews: int
    reports: int
    payments: int
    cases: int
    disputes: int

    @property
    def appeals(self) -> int:
        """Both kinds of appeals."""
        return self.policy_appeals + self.permit_appeals


def waiting() -> Waiting:
    """How many drafts, appeals, products, cases, disputes and refused refunds wait."""
    return Waiting(
        drafts=len(policy.drafts()),
        policy_appeals=Appeal.objects.filter(state="open").count(),
        permit_appeals=PermitAppeal.objects.filter(state="open").count(),
        reviews=catalog.waiting_for_review().count(),
        reports=reports_in("open").count(),
        payments=payments.count_to_look_at(),
        cases=aftersales.count_interventions(),
        disputes=disputes.disputes(only_open=True).filter(state="open").count(),
    )
