"""The places that name the dependencies agree: pyproject, the conda environment and the lock."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
LOCKS = ("requirements.lock", "requirements-build.lock")
# conda-forge's name where it is not PyPI's.
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
PYTHONS = ("3.11", "3.12", "3.13")


def _requirements() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    return [Requirement(line) for lines in (PROJECT["dependencies"], *extras) for line in lines]


def _conda() -> dict[str, SpecifierSet]:
    """Every conda line as the solver reads it: name → range."""
    specs = [MatchSpec(line) for line in ENVIRONMENT["dependencies"] if isinstance(line, str)]
    ranges = {spec.name.normalized: SpecifierSet(str(spec.version or "")) for spec in specs}
    return {canonicalize_name(CONDA_NAMES.get(name, name)): versions for name, versions in ranges.items()}


def _pip() -> dict[str, SpecifierSet]:
    lines = next(entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict))
    return {canonicalize_name(r.name): r.specifier for r in map(Requirement, lines)}


def _locked(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if "==" in line]


def test_conda_and_pip_names_and_ranges_are_pyprojects() -> None:
    conda, pip = _conda(), _pip()
    wanted = {canonicalize_name(r.name): r.specifier for r in map(Requirement, PROJECT["dependencies"])}
    assert not set(conda) & set(pip)
    assert conda | pip == wanted | {"python": SpecifierSet(PROJECT["requires-python"]), "pip": SpecifierSet()}


def test_everything_imported_is_declared() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "analysis").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    outside = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"analysis"}
    providers = packages_distributions()
    lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["cluster"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    assert [n for n in sorted(outside) if declared.isdisjoint(map(canonicalize_name, providers[n]))] == []


def test_conda_uses_conda_forge_only() -> None:
    assert ENVIRONMENT["channels"] == ["conda-forge"]


@pytest.mark.parametrize("requirement", _requirements(), ids=str)
def test_every_range_has_both_bounds(requirement: Requirement) -> None:
    operators = {specifier.operator for specifier in requirement.specifier}
    assert operators in ({"=="}, {">=", "<"})


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_versions_and_hashes_only(lock: str) -> None:
    entry = r"[\w.-]+==[\w.]+( ; [^\n]+?)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    assert re.fullmatch(f"({entry})+", (ROOT / lock).read_text("utf-8"))


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_has_one_version_of_everything_asked_for(python: str) -> None:
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    pinned = [r for r in _locked("requirements.lock") if r.marker is None or r.marker.evaluate(here)]
    versions = {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in pinned}
    assert len(versions) == len(pinned)
    for wanted in _requirements():
        assert versions[canonicalize_name(wanted.name)] in wanted.specifier


def test_every_python_gets_the_same_versions() -> None:
    names = [canonicalize_name(r.name) for r in _locked("requirements.lock")]
    assert len(names) == len(set(names))


def test_the_build_lock_satisfies_the_build_requirement() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    versions = {r.name: str(r.specifier).removeprefix("==") for r in _locked("requirements-build.lock")}
    assert all(versions[r.name] in r.specifier for r in map(Requirement, build))
