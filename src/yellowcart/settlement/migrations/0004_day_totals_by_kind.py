from django.db import migrations, models

# What stands in the lines is summed anew.
FILL = """
INSERT INTO settlement_day (party, currency, day, kind, amount_minor, sales_minor)
SELECT m.party, m.currency, (m.at AT TIME ZONE 'UTC')::date, m.kind, sum(m.amount_minor),
  coalesce(sum(b.goods_minor) FILTER (WHERE m.kind = 'settled' AND s.role = 'merchant'), 0)
FROM settlement_move AS m
LEFT JOIN settlement_share AS s ON s.id = m.share_id
LEFT JOIN settlement_bill AS b ON b.shop_id = s.shop_id AND b.id = s.bill_id
GROUP BY 1, 2, 3, 4;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0003_statements_by_kind")]

    operations = [
        migrations.DeleteModel("DayTotal"),
        migrations.CreateModel(
            name="DayTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "party",
                        "currency",
                        "day",
                        "kind",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("party", models.CharField(max_length=80)),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=20)),
                ("amount_minor", models.BigIntegerField()),
                ("sales_minor", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "settlement_day"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
