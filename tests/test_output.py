"""Output: files, digests and manifest agree, whoever writes and however often."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis import captions, output
from analysis.output import digest, figures_folder, read_manifest, save_figure, save_table, versions
from analysis.plots.theme import dress, families, new_axes

TABLES = ["csv", "xlsx", "tex", "docx"]


def table(n: int = 3, files: dict[str, str] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"feature": ["法治", "=x", "治理"][:n], "per_10k": [1.5, 2.0, 0.1][:n]})
    read = {
        "step": "read",
        "documents": 4,
        "files": files or {"a.txt": "00"},
        "note_zh": "示例语料（为演示编写）",
    }
    frame.attrs["recipe"] = [read, {"step": "dfm"}, {"step": "frequency", "seed": 0}]
    return frame


def drawing() -> Figure:
    ax = new_axes()
    ax.plot([1, 2, 3], [3, 1, 2], label="法治")
    ax.set_title("法治建设 2019")
    dress([ax])
    return ax.figure


def test_a_table_is_saved_in_four_formats_under_tables() -> None:
    paths = save_table(table(), "terms_by-region1")
    assert paths == [figures_folder() / "tables" / f"terms_by-region1.{ending}" for ending in TABLES]
    assert all(path.stat().st_size for path in paths)


def test_a_figure_is_saved_in_three_formats_with_its_table_and_a_manifest() -> None:
    paths = save_figure(drawing(), "图1", data=table()) + save_table(table(2, {"b.txt": "11"}), "other")
    folder = figures_folder()
    assert [path.name for path in paths[:7]] == [f"图1.{e}" for e in ("svg", "pdf", "png", *TABLES)]
    heads = [path.read_bytes()[:40] for path in paths[:3]]
    assert heads[0].startswith(b"<?xml") and heads[1].startswith(b"%PDF") and heads[2].startswith(b"\x89PNG")
    on_disk = {p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")}
    assert on_disk == {*paths, folder / "MANIFEST.json"}
    manifest = read_manifest(folder)
    assert set(manifest) == {"versions", "inputs", "artefacts"}
    assert list(manifest["artefacts"]) == sorted(p.relative_to(folder).as_posix() for p in paths)
    for name, entry in manifest["artefacts"].items():
        assert (
            entry["sha256"]
            == hashlib.sha256((folder / name).read_bytes()).hexdigest()
            == digest(folder / name)
        )
        assert entry["rows"] == (2 if "other" in name else 3)
        assert [step["step"] for step in entry["recipe"]] == ["read", "dfm", "frequency"]
        assert entry["recipe"][-1]["seed"] == 0 and "files" not in entry["recipe"][0]
    assert manifest["inputs"] == {"a.txt": "00", "b.txt": "11"}


def test_saving_leaves_the_table_and_its_recipe_alone() -> None:
    frame = table()
    save_table(frame, "t")
    pd.testing.assert_frame_equal(frame, table())
    assert frame.attrs == table().attrs


def test_the_manifest_bears_no_path_user_or_clock(tmp_path: Path) -> None:
    save_table(table(), "t")
    text = (figures_folder() / "MANIFEST.json").read_text("utf-8")
    assert str(tmp_path) not in text and str(Path.home()) not in text
    assert text.endswith("}\n") and "示例语料" in text


def test_versions_are_those_installed() -> None:
    found = versions()
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert all(found[name] == version(name) for name in ("jieba", "pandas", "matplotlib"))
    save_table(table(), "t")
    assert read_manifest(figures_folder())["versions"] == found


def test_another_process_makes_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_output import drawing, table;"
        "from analysis.output import save_figure; save_figure(drawing(), 'terms', data=table())"
    )
    assert _run(program, tmp_path / "other", PYTHONHASHSEED="12345").wait() == 0
    save_figure(drawing(), "terms", data=table())
    made = [contents(folder) for folder in (tmp_path / "other", figures_folder())]
    assert made[0] == made[1]
    assert {path.suffix for path in made[0]} >= {".svg", ".pdf", ".png", ".json", ".xlsx", ".docx"}


def contents(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import pandas as pd; from analysis.output import save_table;"
        "[save_table(pd.DataFrame({{'n': range(k)}}), f'{name}{{k}}') for k in range(1, 13)]"
    )
    running = [_run(program.format(name=name), tmp_path / "both") for name in ("left", "right")]
    assert [process.wait() for process in running] == [0, 0]
    artefacts = read_manifest(tmp_path / "both")["artefacts"]
    expected = {f"tables/{name}{k}.{e}" for name in ("left", "right") for k in range(1, 13) for e in TABLES}
    assert set(artefacts) == expected
    assert all(digest(tmp_path / "both" / name) == entry["sha256"] for name, entry in artefacts.items())


def _run(program: str, folder: Path, **environment: str) -> subprocess.Popen:
    own = {"TIFA_FIGURES": str(folder), "PYTHONPATH": str(Path(__file__).parents[1]), **environment}
    command = [sys.executable, "-W", "error", "-c", program, str(Path(__file__).parent)]
    return subprocess.Popen(command, env=os.environ | own)


@pytest.mark.parametrize("name", ["", "_", "../up", "a/b", "a.b", "a b", "名 字", "a\n", "a\\b", "C:"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    for save in (lambda: save_table(table(), name), lambda: save_figure(drawing(), name, data=table())):
        with pytest.raises(ValueError, match="is not a file name; use letters, digits, _ and -") as error:
            save()
        assert repr(name) in str(error.value)
    assert not [p for p in figures_folder().rglob("*") if p.is_file()]


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No MANIFEST.json in .*: python -m analysis figures"):
        read_manifest(tmp_path)


def test_where_results_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert figures_folder() == tmp_path / "figures"
    monkeypatch.delenv("TIFA_FIGURES")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    assert figures_folder().resolve() == tmp_path / "figures"
    monkeypatch.chdir(tmp_path / "notebooks")
    assert figures_folder().resolve() == tmp_path / "figures"


def test_a_figure_bears_its_caption_once() -> None:
    figure = drawing()
    save_figure(figure, "terms", data=table())
    caption = figure.get_supxlabel()
    assert caption.replace("\n", "") == captions.caption(table())
    assert "示例语料（为演示编写）" in caption
    save_figure(figure, "terms", data=table(2))
    assert figure.get_supxlabel() == caption


def test_an_empty_table_is_saved_and_counted() -> None:
    save_table(table(0), "none")
    assert {entry["rows"] for entry in read_manifest(figures_folder())["artefacts"].values()} == {0}


ENGLISH = "Keyness: log2 of the ratio of rates (Mantel–Haenszel); 95 % intervals over 54 documents, q after B.–H. " * 4


TEXTS = ["字" * 200, "word " * 80, "字 word，" * 40, "《字》，" * 60, "x" * 300, "WMW " * 60, "il " * 150, ENGLISH, ""]


@pytest.mark.parametrize("text", [*TEXTS, "字" * 43])
def test_a_caption_is_broken_to_the_width_without_losing_a_letter(text: str) -> None:
    inches = 85 / 25.4
    lines = output._wrap(text, inches).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    figure = Figure(figsize=(inches, 1), dpi=300)
    renderer = FigureCanvasAgg(figure).get_renderer()
    drawn = [figure.text(0, 0, line, fontsize=5.5, family=families()) for line in lines]
    widths = [text.get_window_extent(renderer).width / figure.bbox.width for text in drawn]
    assert not any(line[:1] in "，》" or line[-1:] == "《" for line in lines if line)
    assert max(widths) <= 1 and (text.startswith("x") or min(widths[:-1], default=1) > 0.8)
    assert len(lines) == 1 or widths[-1] > 0.09
    if text.isascii():
        assert not set(" ".join(lines).split()) - set(text.split()) or " " not in text


def test_the_manifest_is_readable_json_with_chinese_as_it_is() -> None:
    save_table(table(), "词频")
    path = figures_folder() / "MANIFEST.json"
    assert json.loads(path.read_bytes()) == read_manifest(figures_folder())
    assert "词频" in path.read_text("utf-8") and b"\r" not in path.read_bytes()
