from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_sellers")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["container_id", "placed_at"],
                name="orders_of_replay",
                condition=models.Q(("surface", "replay")),
            ),
        ),
    ]
