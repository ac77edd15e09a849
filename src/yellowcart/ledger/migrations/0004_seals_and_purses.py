import django.db.models.deletion
import yellowcart.core.clock
from django.db import migrations, models

from yellowcart.core.migration import append_only

# Every entry that is written waits for its seal, by whatever way it was written.
QUEUE = """
CREATE FUNCTION ledger_queue_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_unsealed (entry_id) SELECT id FROM written;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_queued AFTER INSERT ON ledger_entry
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_queue_entries();
INSERT INTO ledger_unsealed (entry_id) SELECT id FROM ledger_entry;
"""

UNDO = """
DROP TRIGGER ledger_entry_queued ON ledger_entry;
DROP FUNCTION ledger_queue_entries();
DROP TRIGGER ledger_seal_append_only ON ledger_seal;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_names")]

    operations = [
        migrations.CreateModel(
            name="Purse",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="ledger.ledgeraccount",
                    ),
                ),
                ("amount_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "ledger_purse",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0)),
                        name="ledger_purse_not_overdrawn",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="unsealed",
                        serialize=False,
                        to="ledger.entry",
                    ),
                ),
            ],
            options={"db_table": "ledger_unsealed"},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.UUIDField(unique=True)),
                ("content", models.TextField()),
                ("hash", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField(default=yellowcart.core.clock.now)),
            ],
            options={"db_table": "ledger_seal"},
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="ledger.ledgeraccount",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("posting_count", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
            ],
            options={"db_table": "ledger_snapshot"},
        ),
        migrations.RunSQL(QUEUE + append_only("ledger_seal"), UNDO),
    ]
