"""The staff's look into the books."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from yellowcart.core.admin import LookAdmin, LookInline
from yellowcart.core.money import display_minor
from yellowcart.ledger import queries
from yellowcart.ledger.models import Entry, LedgerAccount, Posting
from yellowcart.ledger.rules import Kind


class PostingInline(LookInline):
    """An entry's postings."""

    model = Posting
    fields = ["account", "amount_minor"]


@admin.register(Entry)
class EntryAdmin(LookAdmin):
    """Entries, by what they refer to."""

    list_display = ["at", "reference", "description", "posting_count"]
    search_fields = ["reference"]
    date_hierarchy = "at"
    ordering = ["-at"]
    inlines = [PostingInline]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(LookAdmin):
    """Accounts and what is on them."""

    list_display = ["party", "kind", "currency", "balance"]
    list_filter = ["kind", "currency"]
    search_fields = ["party"]
    ordering = ["party", "kind", "currency"]
    list_per_page = 50

    @admin.display(description=_("balance"))
    def balance(self, row: LedgerAccount) -> str:
        """Debits less credits, as a person writes it."""
        held = queries.balance(row.party, Kind(row.kind), row.currency)
        return display_minor(held, row.currency, "en")
