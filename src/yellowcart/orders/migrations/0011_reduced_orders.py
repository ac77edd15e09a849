from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0010_jump_outs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(
                    ("paid_at__isnull", False),
                    models.Q(("state", "closed"), ("refunded_minor__gt", 0), _connector="OR"),
                ),
                fields=["paid_at"],
                include=(
                    "shop_id",
                    "buyer_id",
                    "currency",
                    "source",
                    "integration",
                    "surface",
                    "container_id",
                    "state",
                    "amount_minor",
                    "refunded_minor",
                ),
                name="orders_paid_reduced",
            ),
        ),
    ]
