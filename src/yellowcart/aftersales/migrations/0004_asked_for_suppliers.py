from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aftersales", "0003_return_addresses")]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="aftersales_special"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("special__in", ["", "instant", "price_protection", "supplier"])
                ),
                name="aftersales_special",
            ),
        ),
    ]
