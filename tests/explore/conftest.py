"""The sample, opened once for all tests of the explorer."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.study import Study, open_study


@pytest.fixture(scope="session")
def sample(_cache: Path) -> Study:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIFA_CACHE", str(_cache))
        patch.delenv("CORPUS", raising=False)
        return open_study()
