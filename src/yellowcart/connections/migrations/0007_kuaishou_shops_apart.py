"""Kuaishou's shops are told apart by app and shop: many shops let one app in."""

import hashlib
import json

from django.db import migrations

from yellowcart.core.problems import Problem
from yellowcart.core.sealing import unseal


def tell_apart(apps, schema_editor):
    Connection = apps.get_model("connections", "Connection")
    for row in Connection.objects.filter(source="kuaishou").exclude(state="closed"):
        try:
            settings, grant = unseal(row.settings_sealed), unseal(row.grant_sealed)
            open_id = json.loads(grant.get("extra") or "{}").get("open_id", "")
        except (Problem, ValueError):
            # A secret that can't be opened any more: the connection stays what it is.
            continue
        if not settings.get("app_key") or (grant and not open_id):
            continue
        told = f"open_id={open_id}" if grant else f"connection={row.id.hex}"
        parts = f"app_key={settings['app_key']}\n{told}"
        row.identity = hashlib.sha256(parts.encode()).hexdigest()
        row.save(update_fields=["identity"])


class Migration(migrations.Migration):

    dependencies = [
        ("connections", "0006_copies_for_channels"),
    ]

    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
