"""A product offered on a surface: mount, unmount, bar, click."""
