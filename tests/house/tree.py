"""The files of the project, as a clone would have them."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BINARY = {".otf", ".png", ".ico", ".gz", ".wav", ".xlsx", ".db", ".icns"}


def files() -> list[Path]:
    """Return every file that is, or would be, under version control; without git, every file."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return sorted(path for path in ROOT.rglob("*") if path.is_file() and _kept(path))
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.decode("utf-8").split("\0") if name]
    return sorted(ROOT / name for name in names if (ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    """Return path and content of every file of words."""
    kept = [path for path in files() if path.suffix not in _BINARY]
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in kept]


def _kept(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    hidden = parts[0].startswith(".") and parts[0] not in (".ci", ".gitignore", ".gitattributes")
    return not hidden and not {"__pycache__", "build", "dist"}.intersection(parts)
