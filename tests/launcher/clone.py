"""A clone in miniature: the real launcher, and a lock of two tiny wheels made here."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
_DESK = '''"""Tells how it was started."""

import json
import os
import sys

import tiny_run

print(json.dumps({
    "words": sys.argv[1:],
    "prefix": sys.prefix,
    "folder": os.getcwd(),
    "platform": os.environ.get("QT_QPA_PLATFORM"),
    "version": tiny_run.VERSION,
}))
sys.exit(7)
'''


@dataclass(frozen=True)
class Clone:
    """A folder with the launcher in it, and the wheels it may install."""

    root: Path
    wheels: Path

    def lock(self, name: str, *packages: str, digest: str | None = None) -> Path:
        """Write a hashed lock for tiny packages like `tiny_run==1`; `digest` lies on purpose."""
        lines = []
        for package in packages:
            wheel = make_wheel(self.wheels, *package.split("=="))
            lines.append(f"{package} --hash=sha256:{digest or _sha256(wheel)}")
        path = self.root / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def start(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m lumi_desk` here, as a person would, without any network."""
        return subprocess.run(
            [sys.executable, "-m", "lumi_desk", *words],
            cwd=self.root,
            env={**_plain_environ(), **offline(self.wheels), **environ},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )


def make_clone(folder: Path) -> Clone:
    """Copy the launcher into a folder, with a desk that tells how it was started."""
    root, wheels = folder / "clone", folder / "wheels"
    wheels.mkdir(parents=True)
    own = ("__init__.py", "__main__.py")
    (root / "lumi_desk").mkdir(parents=True)
    for name in own:
        shutil.copy(HERE / "lumi_desk" / name, root / "lumi_desk" / name)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HERE / "lumi_desk/launcher", root / "lumi_desk/launcher", ignore=ignored)
    (root / "pyproject.toml").touch()
    (root / "ui").mkdir()
    (root / "ui/__main__.py").write_text(_DESK, encoding="utf-8")
    clone = Clone(root, wheels)
    clone.lock("requirements.txt", "tiny_run==1")
    clone.lock("requirements-dev.txt", "tiny_run==1", "tiny_dev==1")
    return clone


def offline(wheels: Path) -> dict[str, str]:
    """Return the environment in which pip knows these wheels and nothing else."""
    return {
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheels.as_uri(),
        "PIP_CONFIG_FILE": os.devnull,
        "LUMI_DESK_NO_VENV": "",
    }


def make_wheel(folder: Path, name: str, version: str) -> Path:
    """Make a wheel of one module that knows its version; the same bytes every time."""
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_record(text)}\n" for path, text in files.items())
    files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n"
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return wheel


def _plain_environ() -> dict[str, str]:
    """Return this process's environment without what the launcher put there for the tests."""
    put = ("QT_QPA_PLATFORM", "PYTHONPATH")
    return {key: value for key, value in os.environ.items() if key not in put}


def _record(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    code = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return f"sha256={code},{len(text.encode())}"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
