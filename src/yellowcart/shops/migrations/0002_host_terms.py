from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shops", "0001_initial")]

    operations = [
        migrations.AddField(
            "shop", "host_cut_bps", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            "shop", "commission_bps", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.AddConstraint(
            "shop",
            models.CheckConstraint(
                condition=models.Q(host_cut_bps__lte=9_900, commission_bps__lte=9_000),
                name="shops_shop_host_terms",
            ),
        ),
    ]
