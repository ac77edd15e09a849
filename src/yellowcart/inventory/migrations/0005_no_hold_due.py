from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_holds_in_parts")]

    # Orders and offers to those who wait say when a hold ends; nobody looked holds up by it.
    operations = [migrations.RemoveIndex(model_name="hold", name="inventory_hold_due")]
