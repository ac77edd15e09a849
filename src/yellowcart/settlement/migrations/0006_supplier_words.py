import yellowcart.core.clock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0005_bills_of_conversions")]

    operations = [
        migrations.AddField(
            model_name="share",
            name="lines",
            field=models.JSONField(
                db_default=models.Value({}, models.JSONField()), default=dict
            ),
        ),
        migrations.CreateModel(
            name="SupplierWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "shop_id", "order_id", "party", blank=True, editable=False,
                        primary_key=True, serialize=False,
                    ),
                ),
                ("shop_id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("party", models.CharField(max_length=80)),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("pieces", models.JSONField(default=dict)),
                ("said_at", models.DateTimeField(default=yellowcart.core.clock.now)),
            ],
            options={
                "db_table": "settlement_supplier_word",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("refunded_minor__gte", 0)),
                        name="settlement_supplier_word_sane",
                    )
                ],
            },
        ),
    ]
