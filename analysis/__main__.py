"""The command line: ``python -m analysis read | figures | check | evaluate | cache``, also installed as ``tifa``."""

from __future__ import annotations

import argparse
import datetime
import importlib
import os
import sys
import tempfile
from pathlib import Path

from analysis import __version__

EVALUATIONS = ("explore", "inference", "reading", "shards", "slogans", "speed", "topic_regression", "topics", "trend")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; a mistake in the input is one line on standard error and exit code 2."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (FileNotFoundError, NotADirectoryError, PermissionError, ValueError, KeyError) as error:
        message = error.args[0] if isinstance(error, KeyError) else error
        print(f"tifa: {message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("tifa: stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tifa", description="Discourse analysis of Chinese official documents.")
    parser.add_argument("--version", action="version", version=f"tifa {__version__}")
    commands = parser.add_subparsers(required=True, metavar="read | figures | check | evaluate | cache")
    read = commands.add_parser("read", help="read a folder, file or zip and say what was found")
    read.add_argument("path", nargs="?", help="default: $CORPUS, else the bundled sample")
    read.add_argument("--save", metavar="DIR", help="also save the corpus there")
    read.set_defaults(run=_read)
    figures = commands.add_parser("figures", help="make every figure and table")
    figures.add_argument("--corpus", metavar="DIR", help="default: $CORPUS, else the bundled sample")
    figures.add_argument("--out", metavar="DIR", help="default: figures/, or figures/NAME for a corpus of your own")
    figures.set_defaults(run=_figures)
    check = commands.add_parser("check", help="make them again in a temporary folder and say what differs")
    check.add_argument("--corpus", metavar="DIR", help="default: $CORPUS, else the bundled sample")
    check.add_argument("--out", metavar="DIR", help="the folder to check")
    check.set_defaults(run=_check)
    evaluate = commands.add_parser("evaluate", help="measure how right Tifa is, on corpora with known answers")
    evaluate.add_argument("what", choices=EVALUATIONS)
    evaluate.add_argument("--data", metavar="DIR", default="../shared", help="the corpora; default: %(default)s")
    evaluate.add_argument("--quick", action="store_true", help="a small part, in about a minute")
    evaluate.set_defaults(run=_evaluate)
    kept = commands.add_parser("cache", help="say what is kept between runs, where and how much, or clear it")
    kept.add_argument("--clear", action="store_true", help="delete it; it is made again when needed")
    kept.set_defaults(run=_cache)
    return parser


def _read(options: argparse.Namespace) -> int:
    from analysis.folders import corpus_path
    from analysis.overview import statuses
    from analysis.reading import read_corpus

    corpus = read_corpus(corpus_path(options.path), keep=True)
    print(corpus)
    print(statuses(corpus).to_string(index=False))
    troubled = corpus.report[corpus.report["status"] != "read"]
    for row in troubled.itertuples():
        print(f"{row.status:9} {row.file}: {row.reason}")
    if options.save:
        corpus.save(options.save)
        print(f"saved in {options.save}")
    return 0


def _figures(options: argparse.Namespace) -> int:
    from analysis.pages import make_pages

    path, out = _places(options)
    made = make_pages(path, out)
    print(f"{made} files in {out} (figures as svg, pdf, png; tables as csv, xlsx, tex, docx; MANIFEST.json)")
    return 0


def _check(options: argparse.Namespace) -> int:
    from analysis.output import read_manifest
    from analysis.pages import differences, make_pages

    path, out = _places(options)
    os.environ["TIFA_RECOMPUTE"] = "1"  # what is kept would agree with itself
    before = read_manifest(out)
    with tempfile.TemporaryDirectory(prefix="tifa-") as again:
        make_pages(path, Path(again) / "figures")
        found = differences(before, read_manifest(Path(again) / "figures"), out)
    for line in found:
        print(line)
    print(f"{len(found)} differences" if found else f"{len(before['artefacts'])} files, all the same")
    return 1 if found else 0


def _evaluate(options: argparse.Namespace) -> int:
    data = Path(options.data)
    os.environ["TIFA_RECOMPUTE"] = "1"  # no question is asked twice
    if not data.is_dir():
        raise FileNotFoundError(f"No folder {options.data!r} of corpora with known answers; name one with --data.")
    importlib.import_module(f"analysis.evaluate.{options.what}").run(data, quick=options.quick)
    return 0


def _cache(options: argparse.Namespace) -> int:
    from analysis import cache

    if options.clear:
        cache.clear()
    print(cache.cache_folder())
    for room, (files, size, used) in cache.usage().items():
        last = f"   last used {datetime.date.fromtimestamp(used)}" if files else ""
        print(f"{room:8} {files:7,} files {size / 1e6:10,.1f} MB{last}")
    if not options.clear:
        print("clear it with: python -m analysis cache --clear (it is made again when needed)")
    return 0


def _places(options: argparse.Namespace) -> tuple[Path, Path]:
    """The corpus, and the folder of its results."""
    from analysis.folders import corpus_path, figures_folder

    path = corpus_path(options.corpus)
    return path, Path(options.out) if options.out else figures_folder(path)


if __name__ == "__main__":
    sys.exit(main())
