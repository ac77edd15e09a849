"""Video of a room: who may publish, what is on air, what was recorded. See ``media/actions.py``."""
