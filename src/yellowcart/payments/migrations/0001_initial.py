import yellowcart.core.clock
import yellowcart.core.ids
from django.db import migrations, models

MOVE = """
ALTER TABLE orders_payment RENAME TO payments_payment;
ALTER TABLE orders_callback_receipt RENAME TO payments_callback_receipt;
ALTER TABLE orders_sandbox_charge RENAME TO payments_sandbox_charge;
"""
BACK = """
ALTER TABLE payments_payment RENAME TO orders_payment;
ALTER TABLE payments_callback_receipt RENAME TO orders_callback_receipt;
ALTER TABLE payments_sandbox_charge RENAME TO orders_sandbox_charge;
"""


class Migration(migrations.Migration):
    """Takes three tables over from ``orders``, as they are."""

    initial = True

    dependencies = [("orders", "0003_charges_and_counts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MOVE, BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="CallbackReceipt",
                    fields=[
                        ("id", models.UUIDField(default=yellowcart.core.ids.new_id, primary_key=True, serialize=False)),
                        ("sender", models.CharField(max_length=40)),
                        ("message_id", models.CharField(max_length=200)),
                        ("body_hash", models.CharField(max_length=64)),
                        ("received_at", models.DateTimeField(default=yellowcart.core.clock.now)),
                    ],
                    options={
                        "db_table": "payments_callback_receipt",
                        "constraints": [models.UniqueConstraint(fields=("sender", "message_id"), name="orders_callback_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
                    fields=[
                        ("id", models.UUIDField(default=yellowcart.core.ids.new_id, primary_key=True, serialize=False)),
                        ("shop_id", models.UUIDField()),
                        ("order_id", models.UUIDField()),
                        ("provider", models.CharField(max_length=20)),
                        ("provider_ref", models.CharField(max_length=100, null=True)),
                        ("state", models.CharField(default="started", max_length=16)),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("refunded_minor", models.BigIntegerField(default=0)),
                        ("started_at", models.DateTimeField(default=yellowcart.core.clock.now)),
                        ("finished_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "payments_payment",
                        "indexes": [models.Index(fields=["shop_id", "order_id"], name="orders_payment_order")],
                        "constraints": [
                            models.UniqueConstraint(fields=("provider", "provider_ref"), name="orders_payment_provider_ref"),
                            models.CheckConstraint(condition=models.Q(("state__in", ["started", "succeeded", "failed", "refunded"])), name="orders_payment_state"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SandboxCharge",
                    fields=[
                        ("ref", models.CharField(max_length=40, primary_key=True, serialize=False)),
                        ("payment_id", models.UUIDField(unique=True)),
                        ("amount_minor", models.BigIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("title", models.CharField(max_length=400)),
                        ("return_url", models.CharField(max_length=500)),
                        ("state", models.CharField(default="open", max_length=16)),
                        ("refunded_minor", models.BigIntegerField(default=0)),
                        ("created_at", models.DateTimeField(default=yellowcart.core.clock.now)),
                    ],
                    options={
                        "db_table": "payments_sandbox_charge",
                        "constraints": [models.CheckConstraint(condition=models.Q(("state__in", ["open", "approved", "declined", "refunded"]), ("refunded_minor__lte", models.F("amount_minor"))), name="orders_sandbox_charge_sane")],
                    },
                ),
            ],
        )
    ]
