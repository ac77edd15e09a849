"""Platform profiles: the packs that ship, by the platform whose history they hold."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from yellowcart.core.texts import Text
from yellowcart.core.tomlreader import did_you_mean
from yellowcart.policy.packs import Pack, read_pack

_FOLDER: Final = Path(str(files("yellowcart.policy"))) / "packs"


class UnknownPlatformError(LookupError):
    """No pack ships for a platform; ``message`` says which do."""

    def __init__(self, platform: str) -> None:
        hint = did_you_mean(platform, platforms())
        self.message = Text(
            en=f"no rule pack ships for {platform!r}; {hint.en}",
            zh=f"没有 {platform!r} 的规则包；{hint.zh}",
        )
        super().__init__(self.message.en)


def platforms() -> list[str]:
    """The platforms whose packs ship, in order of name."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def pack_path(platform: str) -> Path:
    """The file of a platform's pack; :class:`UnknownPlatformError` where none ships."""
    if platform not in platforms():
        raise UnknownPlatformError(platform)
    return _FOLDER / f"{platform}.toml"


def shipped_pack(platform: str) -> Pack:
    """A platform's pack, read and checked."""
    return read_pack(pack_path(platform))
