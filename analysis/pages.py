"""Run the notebooks on a corpus and collect what they write."""

from __future__ import annotations

import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from analysis.folders import NOTEBOOKS
from analysis.output import digest, read_manifest
from analysis.study import open_study


def make_pages(corpus: Path, out: Path) -> int:
    """Execute every notebook on a corpus; figures and tables replace those of the last run in ``out``.

    Parameters
    ----------
    corpus : Path
        Folder, file or zip.
    out : Path
        Results folder; made if missing. Only files named in its MANIFEST.json are replaced.

    Returns
    -------
    int
        Number of files written.

    Raises
    ------
    FileNotFoundError, ValueError
        If the corpus cannot be read, or a notebook fails (its name and last line).
    """
    from tqdm import tqdm

    open_study(corpus)  # read and segment once, with its progress bars; the notebooks take it from the cache
    pages = sorted(NOTEBOOKS.glob("0[1-6]*.py"), reverse=True)  # 07 makes none; topics take long and start first
    if not pages:
        raise FileNotFoundError(f"No notebooks in {NOTEBOOKS}; run this in a checkout of Tifa.")
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        fresh = Path(folder) / "figures"
        settings = {"CORPUS": str(corpus.resolve()), "TIFA_FIGURES": str(fresh)}
        with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
            runs = pool.map(lambda page: execute(page, settings), pages)
            for _ in tqdm(runs, total=len(pages), desc="图表 figures", unit="notebook"):
                pass
        return _replace(fresh, out)


def execute(page: Path, settings: dict[str, str]) -> Any:
    """Run one notebook (py:percent source) in a fresh kernel and return it with its outputs.

    Raises
    ------
    ValueError
        If a cell fails: the notebook and the error.
    """
    import jupytext
    from jupyter_client import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = jupytext.read(page)
    resources = {"metadata": {"path": str(page.parent)}}
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        # Talk to the kernel through socket files, not over the network.
        manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{folder}/kernel")
        client = NotebookClient(notebook, km=manager, timeout=3600, resources=resources)
        try:
            client.execute(env={**os.environ, **settings}, cleanup_kc=True)
        except CellExecutionError as error:
            raise ValueError(f"{page.name}: {error.ename}: {error.evalue}") from None
    return notebook


def differences(before: dict[str, Any], after: dict[str, Any], folder: Path) -> list[str]:
    """What two manifests, and the files in the folder of the first, do not agree on; one line each."""
    old, new = before["artefacts"], after["artefacts"]
    lines = [f"missing now: {name}" for name in sorted(set(old) - set(new))]
    lines += [f"new: {name}" for name in sorted(set(new) - set(old))]
    for name in sorted(set(old) & set(new)):
        path = folder / name
        if not path.exists():
            lines.append(f"deleted: {name}")
        elif digest(path) != old[name]["sha256"]:
            lines.append(f"edited since it was made: {name}")
        elif old[name]["sha256"] != new[name]["sha256"]:
            lines.append(f"comes out differently: {name}")
    if before["versions"] != after["versions"] and lines:
        changed = sorted(k for k in after["versions"] if before["versions"].get(k) != after["versions"][k])
        lines.append(f"versions that changed: {', '.join(changed)}")
    return lines


def _replace(fresh: Path, out: Path) -> int:
    """Put the new files in the place of those of the last run; a metadata.csv there may be filled in and stays."""
    if (out / "MANIFEST.json").exists():
        for name in read_manifest(out)["artefacts"]:
            (out / name).unlink(missing_ok=True)
    (fresh / ".manifest.lock").unlink(missing_ok=True)
    if (out / "metadata.csv").exists():
        (fresh / "metadata.csv").unlink(missing_ok=True)
    shutil.copytree(fresh, out, dirs_exist_ok=True)
    return sum(1 for path in fresh.rglob("*") if path.is_file())
