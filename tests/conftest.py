"""What every test can count on: its own output folders, fixed examples, and the real data where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from analysis.corpus import Corpus, make_corpus

os.environ.setdefault("MPLBACKEND", "Agg")
settings.register_profile("tifa", derandomize=True, deadline=None)
settings.load_profile("tifa")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, _cache: Path) -> None:
    """Figures go to the test's folder; the cache, which is keyed by content, is one for the run."""
    monkeypatch.setenv("TIFA_FIGURES", str(tmp_path / "figures"))
    monkeypatch.setenv("TIFA_CACHE", str(_cache))
    monkeypatch.setenv("TIFA_RECOMPUTE", "1")
    for name in ("CORPUS", "TIFA_LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents that lies beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"No real documents beside the checkout: {SHARED} is not there.")
    return SHARED


@pytest.fixture
def tiny_corpus() -> Corpus:
    """Four documents composed for the tests: two provinces by two years."""
    texts = [
        "全市法院坚持司法为民。\n深入推进法治建设，加强基层治理，全年审结案件三千件。",
        "全市法院坚持司法为民、公正司法。\n深化司法改革，健全多元解纷机制，审结案件四千件。",
        "全省检察机关坚持法治建设。\n依法惩治犯罪，参与基层治理，服务乡村振兴。",
        "全省检察机关坚持全面依法治国。\n依法惩治犯罪，推进法治建设，服务乡村振兴和民营经济。",
    ]
    frame = pd.DataFrame(
        {
            "doc_id": ["吉林2019", "吉林2021", "广西2019", "广西2021"],
            "title": ["吉林报告2019", "吉林报告2021", "广西报告2019", "广西报告2021"],
            "province": ["吉林省", "吉林省", "广西壮族自治区", "广西壮族自治区"],
            "year": [2019, 2021, 2019, 2021],
            "level": ["prefecture", "prefecture", "province", "province"],
            "institution_type": ["court", "court", "procuratorate", "procuratorate"],
            "text": texts,
        }
    )
    return make_corpus(frame)
