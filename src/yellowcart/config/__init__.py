"""Settings, urls and asgi: the one place where the planes meet."""
