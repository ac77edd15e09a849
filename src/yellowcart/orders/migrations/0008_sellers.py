from django.db import migrations, models

# What is known of the orders there are: whose turn on the stage they fall into, and their place.
KNOWN = """
UPDATE orders_order o SET
  host_id = CASE WHEN r.id IS NULL THEN NULL WHEN o.surface = 'live_room' THEN coalesce(
    (SELECT t.account_id FROM live_stage_turn t
     WHERE t.room_id = r.id AND t.began_at <= o.placed_at
       AND (t.ended_at IS NULL OR t.ended_at > o.placed_at) LIMIT 1), r.creator_id)
    ELSE r.creator_id END,
  carrier_type = CASE o.surface WHEN 'live_room' THEN 2 WHEN 'short_video' THEN 1
    WHEN 'replay' THEN 7 WHEN 'profile' THEN 3 WHEN 'shop_page' THEN 29 ELSE 0 END
FROM orders_order x
LEFT JOIN live_room r ON r.id = x.container_id AND x.surface IN ('live_room', 'replay')
WHERE x.shop_id = o.shop_id AND x.id = o.id
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_lists_and_figures"), ("live", "0010_stage_turns")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="carrier_type",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="order", name="host_id", field=models.UUIDField(null=True)
        ),
        migrations.AddField(
            model_name="order",
            name="share_code",
            field=models.CharField(db_default="", default="", max_length=12),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
