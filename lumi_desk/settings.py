"""What this machine was told: the hub, who sat here last, language and look."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

_FILE = "settings.json"


@dataclass(frozen=True)
class Settings:
    """Whoever sat here last is let in again without a password while `stay` is set.

    `language` is a catalogue's name, `zoom` in percent, `scheme` one of light, dark, contrast.
    """

    hub: str = ""
    login: str = ""
    stay: bool = False
    language: str = "zh_CN"
    zoom: int = 100
    scheme: str = "light"


def load(root: Path) -> Settings:
    """The settings kept in a folder; what is missing, damaged or of another kind is left out."""
    try:
        told = json.loads((root / _FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return Settings()
    return Settings(**_fitting(told)) if isinstance(told, dict) else Settings()


def save(root: Path, settings: Settings) -> None:
    """Keep settings. They are a comfort: a disk that refuses them stops nobody's work."""
    text = json.dumps(asdict(settings), ensure_ascii=False, indent=1)
    with suppress(OSError):
        root.mkdir(parents=True, exist_ok=True)
        new = root / f"{_FILE}.new"
        new.write_text(text, "utf-8")
        new.replace(root / _FILE)


def _fitting(told: dict[str, Any]) -> dict[str, Any]:
    kinds = {field.name: type(field.default) for field in fields(Settings)}
    return {name: value for name, value in told.items() if type(value) is kinds.get(name)}
