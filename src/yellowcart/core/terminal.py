"""What a command knows of whoever typed it."""

import os


def language() -> str:
    """``zh-hans`` or ``en``, from the usual environment variables."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    value = next((value for name in names if (value := os.environ.get(name, ""))), "")
    return "zh-hans" if value.lower().startswith("zh") else "en"
