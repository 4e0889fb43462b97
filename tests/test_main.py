"""The command line: mistakes are one line, never a traceback."""

import subprocess
import sys

import pytest

from analysis.__main__ import main
from analysis.pages import differences


def one_line(capsys):
    error = capsys.readouterr().err.strip().splitlines()
    assert len(error) == 1, error
    return error[0]


def test_missing_path(capsys, tmp_path):
    assert main(["read", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in one_line(capsys)


def test_empty_folder(capsys, tmp_path):
    assert main(["read", str(tmp_path)]) == 2
    assert tmp_path.name in one_line(capsys)


def test_folder_without_a_readable_file(capsys, tmp_path):
    (tmp_path / "a.docx").write_bytes(b"not a zip")
    assert main(["figures", "--corpus", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "a.docx" in one_line(capsys)


def test_read_reports(capsys, tmp_path):
    text = "吉林省高级人民法院召开会议\n2019年3月1日，吉林省高级人民法院召开会议，部署全省法院工作。"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "b.docx").write_bytes(b"")
    assert main(["read", str(tmp_path), "--save", str(tmp_path / "saved")]) == 0
    out = capsys.readouterr().out
    assert "1 document," in out
    assert "b.docx" in out
    assert (tmp_path / "saved" / "docs.parquet").exists()


def test_check_without_figures(capsys, tmp_path):
    assert main(["check", "--out", str(tmp_path)]) == 2
    assert "MANIFEST.json" in one_line(capsys)


def test_module_runs():
    done = subprocess.run([sys.executable, "-m", "analysis", "--help"], capture_output=True, text=True, check=True)
    assert all(word in done.stdout for word in ("read", "figures", "check"))


@pytest.fixture
def manifest(tmp_path):
    from analysis.output import digest

    (tmp_path / "a.csv").write_text("1")
    return {"versions": {"x": "1"}, "artefacts": {"a.csv": {"sha256": digest(tmp_path / "a.csv")}}}


def test_differences_are_named(manifest, tmp_path):
    assert differences(manifest, manifest, tmp_path) == []
    other = {"versions": {"x": "2"}, "artefacts": {"a.csv": {"sha256": "0"}, "b.csv": {"sha256": "1"}}}
    lines = differences(manifest, other, tmp_path)
    assert lines == ["new: b.csv", "comes out differently: a.csv", "versions that changed: x"]
    (tmp_path / "a.csv").write_text("2")
    assert differences(manifest, manifest, tmp_path) == ["edited since it was made: a.csv"]
