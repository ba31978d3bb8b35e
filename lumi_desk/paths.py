"""Where this copy keeps its resources and migrations, and where a person's own files live."""

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Return `resources` or `migrations`, wherever this copy keeps them.

    A wheel and a bundle carry them inside the package, a checkout beside it.
    """
    installed = _PACKAGE / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def data_folder() -> Path:
    """Return the desk's own folder, made if absent and open to its owner alone.

    `LUMI_DESK_FOLDER` names another one, for tests, demonstrations and two desks on one machine.
    """
    return _own("LUMI_DESK_FOLDER", "lumi-desk")


def hub_folder() -> Path:
    """Return the hub's own folder like `data_folder`; `LUMI_HUB_FOLDER` names another one."""
    return _own("LUMI_HUB_FOLDER", "lumi-hub")


def _own(variable: str, name: str) -> Path:
    told = os.environ.get(variable)
    folder = Path(told) if told else platformdirs.user_data_path(name, appauthor=False)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.absolute()
