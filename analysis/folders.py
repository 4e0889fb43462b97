"""Which folders are meant: the corpus, the results, what is kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def _checkout() -> Path:
    """The checkout of Tifa: around the package, or, where that is installed elsewhere, around the working folder."""
    around = Path(__file__).resolve().parent.parent
    candidates = (around, Path.cwd(), Path.cwd().parent)
    return next((place for place in candidates if (place / "data/sample/corpus.toml").exists()), around)


SAMPLE = _checkout() / "data" / "sample"
NOTEBOOKS = _checkout() / "notebooks"


def project() -> Path:
    """The working folder, or the one above it where that is ``notebooks``."""
    return Path("..") if Path.cwd().name == "notebooks" else Path(".")


def corpus_path(path: str | Path | None = None) -> Path:
    """The corpus that is meant: the path, else $CORPUS, else the bundled sample.

    Raises
    ------
    FileNotFoundError
        If it does not exist.
    """
    chosen = Path(path or os.environ.get("CORPUS") or SAMPLE)
    for candidate in (chosen, project() / chosen):
        if candidate.exists():
            return candidate
    remedy = "name the folder that holds the documents." if path or os.environ.get("CORPUS") else (
        "the sample comes with a checkout of Tifa; name a folder of your own documents."
    )  # fmt: skip
    raise FileNotFoundError(f"There is no file or folder {str(chosen)!r}; {remedy}")


def figures_folder(corpus: str | Path | None = None) -> Path:
    """Folder of the results: $TIFA_FIGURES, else ``figures``; in it, one named like a corpus of the user's own.

    Parameters
    ----------
    corpus : str or Path, optional
        By default $CORPUS.
    """
    if folder := os.environ.get("TIFA_FIGURES"):
        return Path(folder)
    own = Path(corpus or os.environ.get("CORPUS") or SAMPLE).resolve()
    return project() / "figures" / ("" if own == SAMPLE.resolve() else own.name)


def cache_folder() -> Path:
    """$TIFA_CACHE, or ``tifa`` in the user's cache folder; made if missing, safe to delete."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("TIFA_CACHE") or Path(home) / "tifa")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
