"""Where computed things are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """$TIFA_CACHE, or ``tifa`` in the user's cache folder; made if missing, safe to delete."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("TIFA_CACHE") or Path(home) / "tifa")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
