"""The staff's look into the books."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yellowcart.core.admin import LookAdmin, LookInline
from yellowcart.core.money import display_minor
from yellowcart.ledger.models import Entry, LedgerAccount, Posting


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        """The accounts with the sum of their postings."""
        rows: QuerySet[LedgerAccount] = super().get_queryset(request)
        return rows.annotate(total=Sum("postings__amount_minor"))

    @admin.display(description=_("balance"))
    def balance(self, row: Any) -> str:
        """Debits less credits, as a person writes it."""
        return display_minor(int(row.total or 0), row.currency, "en")
