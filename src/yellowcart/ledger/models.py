"""Double-entry accounts. Nothing here knows what an order is."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id


class LedgerAccount(models.Model):
    """Where money is: a party's account of one kind in one currency."""

    id = models.UUIDField(primary_key=True, default=new_id)
    party = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "ledger_account"
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["party", "kind", "currency"], name="ledger_account_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.kind} {self.currency}"


class Entry(models.Model):
    """One balanced set of postings; ``reference`` makes it repeatable. Append-only.

    The database checks at commit that the postings are as many as ``posting_count`` says and
    sum to 0 in each currency, so that nothing can be added to an entry later either.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    reference = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=now)
    description = models.CharField(max_length=200)
    posting_count = models.PositiveSmallIntegerField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        db_table = "ledger_entry"
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(posting_count__gte=2), name="ledger_entry_two_sided"
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Posting(models.Model):
    """An amount on an account: debit positive, credit negative. An entry's postings sum to 0."""

    id = models.UUIDField(primary_key=True, default=new_id)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="postings")
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "ledger_posting"
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(amount_minor=0), name="ledger_posting_nonzero"
            )
        ]

    def __str__(self) -> str:
        return str(self.amount_minor)


class Purse(models.Model):
    """How much is left on an account that can run out, positive; written with the postings.

    The row is what two who take from the same account wait for; the check is what stops them.
    """

    account = models.OneToOneField(LedgerAccount, models.PROTECT, primary_key=True)
    amount_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_purse"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="ledger_purse_not_overdrawn"
            )
        ]


class Unsealed(models.Model):
    """An entry that waits for its seal; the database queues every entry that is written."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, db_constraint=False, related_name="unsealed"
    )

    class Meta:
        db_table = "ledger_unsealed"


class Seal(models.Model):
    """An entry's number in the order of sealing, and what stood in it then. Append-only.

    ``content`` is the entry with its postings as :mod:`yellowcart.ledger.seals` writes them;
    ``hash`` is SHA-256 of the previous seal's hash and the content's, so that no seal can be
    changed, left out or put between others without all later ones showing it.
    """

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    content = models.TextField()
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "ledger_seal"


class Snapshot(models.Model):
    """What is on an account by the postings of all sealed entries; moved on as seals are given.

    What an account holds now is this and the postings of the few entries that wait for a seal.
    """

    account = models.OneToOneField(LedgerAccount, models.PROTECT, primary_key=True)
    amount_minor = models.BigIntegerField()
    posting_count = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "ledger_snapshot"
