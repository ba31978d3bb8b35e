"""Records of long runs: which histories came to rest, and with which engine."""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Tree:
    """What is run: the commit, and the engine's own tree, which many commits leave alone.

    A plus says that the engine has been changed since.
    """

    commit: str
    engine: str

    @classmethod
    def here(cls) -> "Tree":
        """As the checkout is now."""
        changed = "+" if _git("status", "--porcelain", "--", "lumi_desk") else ""
        commit, engine = _git("rev-parse", "HEAD"), _git("rev-parse", "HEAD:lumi_desk")
        return cls(f"{commit[:12]}{changed}", f"{engine[:12]}{changed}")


class Record:
    """A file with a line of JSON for every history that came to its end. Without a path: none."""

    def __init__(self, path: Path | None, tree: Tree, steps: int) -> None:
        self._path, self._told = path, {**asdict(tree), "steps": steps}
        if path is not None and path.exists() and not path.read_bytes().endswith(b"\n"):
            # The last run was killed while it wrote.
            self._add("\n")

    def sound(self) -> set[int]:
        """The seeds that came to rest with this engine. A changed one could be any: none did."""
        if self._path is None or not self._path.exists() or "+" in self._told["engine"]:
            return set()
        lines = map(_read, self._path.read_text("utf-8").splitlines())
        alike = ("engine", "steps")
        return {
            one["seed"]
            for one in lines
            if all(one.get(name) == self._told[name] for name in alike) and not one["broken"]
        }

    def keep(self, seed: int, broken: str) -> None:
        """One more is done; `broken` is the report on it, empty when it came to rest."""
        told = {"seed": seed, **self._told, "broken": broken}
        self._add(json.dumps(told, ensure_ascii=False) + "\n")

    def _add(self, line: str) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)


def _read(line: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return {}
    return told


def _git(*command: str) -> str:
    done = subprocess.run(
        ["git", *command],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
