from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("live", "0010_stage_turns"),
    ]

    operations = [
        migrations.RenameModel(old_name="QuietBuyer", new_name="QuietViewer"),
        migrations.AlterModelTable(name="quietviewer", table="live_quiet_viewer"),
    ]
