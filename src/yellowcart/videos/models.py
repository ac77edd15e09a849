"""Short videos: a container for listings. The moving picture comes with its own work."""

from typing import ClassVar

from django.db import models

from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.people.models import Account


class Video(models.Model):
    """A creator's short video with goods under it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    creator = models.ForeignKey(Account, models.CASCADE, related_name="videos")
    title = models.CharField(max_length=200)
    cover_url = models.CharField(max_length=500, default="", blank=True)
    published_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "videos_video"
        indexes: ClassVar = [models.Index(fields=["-published_at"], name="videos_newest")]
