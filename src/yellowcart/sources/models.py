"""Sources this installation knows."""

from django.db import models


class Source(models.Model):
    """Where goods come from. ``integration`` is the usual one of its goods."""

    code = models.CharField(max_length=40, primary_key=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    integration = models.CharField(max_length=16)
    track_window_days = models.PositiveSmallIntegerField(default=15)

    class Meta:
        db_table = "sources_source"
