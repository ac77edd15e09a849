from django.db import migrations, models

from yellowcart.core.migration import append_only

# Deferred to the commit, when all postings of an entry are there.
BALANCED = """
CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  checked uuid;
  wanted integer;
  found integer;
BEGIN
  IF TG_TABLE_NAME = 'ledger_entry' THEN
    checked := NEW.id;
  ELSE
    checked := NEW.entry_id;
  END IF;
  SELECT posting_count INTO wanted FROM ledger_entry WHERE id = checked;
  SELECT count(*) INTO found FROM ledger_posting WHERE entry_id = checked;
  IF found IS DISTINCT FROM wanted THEN
    RAISE EXCEPTION 'entry % has % postings, not the % it was written with', checked, found, wanted
      USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM ledger_posting
    JOIN ledger_account ON ledger_account.id = ledger_posting.account_id
    WHERE ledger_posting.entry_id = checked
    GROUP BY ledger_account.currency
    HAVING sum(ledger_posting.amount_minor) <> 0
  ) THEN
    RAISE EXCEPTION 'entry % does not balance', checked USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
"""

UNDO = """
DROP TRIGGER ledger_entry_balanced ON ledger_entry;
DROP TRIGGER ledger_posting_balanced ON ledger_posting;
DROP FUNCTION ledger_check_entry();
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_posting_append_only ON ledger_posting;
DROP TRIGGER ledger_account_append_only ON ledger_account;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("core", "0002_append_only")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="posting_count",
            field=models.PositiveSmallIntegerField(default=2),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(posting_count__gte=2), name="ledger_entry_two_sided"
            ),
        ),
        migrations.RunSQL(
            BALANCED
            + append_only("ledger_entry")
            + append_only("ledger_posting")
            + append_only("ledger_account"),
            UNDO,
        ),
    ]
