"""Which folders are meant."""

import pytest

from analysis.folders import SAMPLE, cache_folder, corpus_path, figures_folder


def test_results_of_the_sample_and_of_a_corpus_of_ones_own(monkeypatch, tmp_path):
    monkeypatch.delenv("TIFA_FIGURES")
    monkeypatch.chdir(tmp_path)
    assert figures_folder().resolve() == tmp_path / "figures"
    assert figures_folder(SAMPLE).resolve() == tmp_path / "figures"
    assert figures_folder("my/2019.reports").resolve() == tmp_path / "figures" / "2019.reports"
    monkeypatch.setenv("CORPUS", "mine")
    assert figures_folder().resolve() == tmp_path / "figures" / "mine"


def test_a_relative_corpus_is_found_from_the_notebooks_folder(monkeypatch, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("CORPUS", "mine")
    assert corpus_path().resolve() == tmp_path / "mine"


def test_a_missing_corpus_is_named():
    with pytest.raises(FileNotFoundError, match="'nowhere'; name the folder that holds the documents"):
        corpus_path("nowhere")


def test_the_cache_is_private(monkeypatch, tmp_path):
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path / "kept"))
    assert cache_folder().stat().st_mode & 0o077 == 0
