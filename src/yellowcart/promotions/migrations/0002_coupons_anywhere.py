from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("promotions", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "coupon",
            models.Index(
                condition=models.Q(creator_id__isnull=True, shop_id__isnull=True),
                fields=["-made_at"],
                name="promotions_coupon_anywhere",
            ),
        ),
    ]
