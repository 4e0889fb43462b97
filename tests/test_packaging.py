"""What `pip install .` gives: the package with its resources and the command, and nothing else."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built offline from a copy, so that no build folder is left in the checkout."""
    here = tmp_path_factory.mktemp("wheel")
    for path in (path for path in ROOT.glob("*") if path.is_file()):
        shutil.copy2(path, here)
    for folder in ("analysis", "data", "notebooks", "tests"):
        skip = shutil.ignore_patterns("__pycache__", "raw", "kernel-*")
        shutil.copytree(ROOT / folder, here / folder, ignore=skip)
    build = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", build, str(here / "dist")]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(here / "dist" / done.stdout.split()[-1])


def _text(wheel: zipfile.ZipFile, ending: str) -> str:
    return wheel.read(next(name for name in wheel.namelist() if name.endswith(ending))).decode()


def test_wheel_holds_every_file_of_the_package_and_no_other(wheel: zipfile.ZipFile) -> None:
    files = [path for path in (ROOT / "analysis").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == {path.relative_to(ROOT).as_posix() for path in files}
    assert {"analysis/resources/slogans.csv", "analysis/py.typed"} <= inside


def test_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    scripts = configparser.ConfigParser()
    scripts.read_string(_text(wheel, "entry_points.txt"))
    assert dict(scripts["console_scripts"]) == {"tifa": "analysis.__main__:main"}


def test_wheel_carries_the_licence_and_the_dependencies(wheel: zipfile.ZipFile) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    metadata = Parser().parsestr(_text(wheel, ".dist-info/METADATA"))
    runtime = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(runtime) == len(project["dependencies"])
    assert metadata["License-Expression"] == "MIT"
    assert "The Tifa authors" in _text(wheel, "LICENSE")


def test_the_version_is_the_same_everywhere() -> None:
    import analysis

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert project["version"] == citation["version"] == analysis.__version__
