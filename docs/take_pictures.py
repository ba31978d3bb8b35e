"""Takes the pictures of the README from the demonstration's tour, in both languages.

Run from the clone: `.venv/bin/python docs/take_pictures.py`. They are what the program shows,
with fewer colours so that they stay small.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
# The step of the tour, and the name of its picture.
WANTED = {
    "the door": "sign-in",
    "a call offline": "rep-in-call",
    "the call is written up": "rep-wrap-up",
    "the board shows the morning": "leader-board",
}
LANGUAGES = {"zh_CN": "zh", "en": "en"}
COLOURS = 64


def main() -> int:
    """Play a tour in each language and keep the pictures that are wanted."""
    PICTURES.mkdir(exist_ok=True)
    for language, short in LANGUAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            for step in _toured(language, Path(folder)):
                if step["name"] in WANTED:
                    _keep(Path(step["picture"]), PICTURES / f"{WANTED[step['name']]}.{short}.png")
    return 0


def _toured(language: str, folder: Path) -> list[dict[str, Any]]:
    command: list[str | Path] = [
        sys.executable,
        ROOT / "lumi_desk",
        "demo",
        "--tour",
        folder,
        "--lang",
        language,
    ]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    steps: list[dict[str, Any]] = json.loads(told)["steps"]
    return steps


def _keep(taken: Path, picture: Path) -> None:
    with Image.open(taken) as image:
        plain = image.convert("RGB")
        plain.quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
