"""Media servers behind one port: our own, and those that people already run."""

from yellowcart.media.servers.port import Health, MediaServer, Play, PublishPoint

__all__ = ["Health", "MediaServer", "Play", "PublishPoint"]
