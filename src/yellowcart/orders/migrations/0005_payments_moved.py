from django.db import migrations


class Migration(migrations.Migration):
    """The tables of payments belong to the folder ``payments`` now; nothing is dropped."""

    dependencies = [("orders", "0004_checkouts"), ("payments", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("Payment"),
                migrations.DeleteModel("CallbackReceipt"),
                migrations.DeleteModel("SandboxCharge"),
            ]
        )
    ]
