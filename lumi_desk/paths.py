"""Where resources and migrations are, and where this machine's own data lies."""

import os
from pathlib import Path

from platformdirs import user_data_path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Return `resources` or `migrations`, wherever this copy keeps them."""
    installed = _PACKAGE / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def data_folder() -> Path:
    """The rep's own folder: database and logs. LUMI_DESK_FOLDER overrides it."""
    return _folder("LUMI_DESK_FOLDER", "Lumi Desk")


def hub_folder() -> Path:
    """The folder of the embedded hub. LUMI_HUB_FOLDER overrides it."""
    return _folder("LUMI_HUB_FOLDER", "Lumi Hub")


def _folder(variable: str, name: str) -> Path:
    told = os.environ.get(variable)
    return Path(told) if told else user_data_path(name, appauthor=False)
