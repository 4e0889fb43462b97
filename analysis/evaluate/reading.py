"""How right reading is about where and when, on the corpora whose answers are known.

Every file is read by itself through ``read_corpus``: once under an opaque name, so that only the content counts,
and once under the name it came with. A value is right, wrong, or not given; a year not given is ``bounded``
when the bounds hold the true one. ``given`` values (front matter, columns of a spreadsheet) count as right or
wrong but not in the calibration, which asks how many of the values said to be explicit or inferred are right.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.corpus import NATIONAL, PROVINCES, REGION_OF
from analysis.evaluate import encodings, interleaving
from analysis.lexicon import load_lexicon
from analysis.reading import read_corpus
from analysis.reading.draft import Draft
from analysis.reading.gazetteer import lineage, places, short_name
from analysis.reading.places import locate

FIELDS = ("level", "province", "prefecture", "year")
_LEVELS = {
    "国家级": "national", "省级": "province", "地级": "prefecture", "设区市": "prefecture", "盟": "prefecture",
    "national": "national", "province": "province", "prefecture": "prefecture", "county-district": "county",
}  # fmt: skip
_IN_FORCE = re.compile(r"(\d{4})年\d{1,2}月\d{1,2}日\s*起?施行")


@dataclass(frozen=True)
class Truth:
    """What is known of a document; None where nothing is. A document of a province has the prefecture ''."""

    province: str | None
    prefecture: str | None
    level: str | None
    year: int | None
    key: str = ""  # which document of its file it is: its author, or the name of the entry of a zip


class Case(NamedTuple):
    """A file and the truth about its documents."""

    path: Path
    name: str
    truths: tuple[Truth, ...]


def run(data: Path, quick: bool = False) -> None:
    """Print verdicts by corpus, calibration by status, every wrong value, and what the labels of acts mean.

    `quick` takes the first forty files of each corpus only.
    """
    found = pd.concat([verdicts(cases, name, quick) for name, cases in corpora(data).items()])
    print(f"Where and when\n{summary(found).to_string()}\n")
    print(f"Calibration: right among the values of a status\n{calibration(found).to_string()}\n")
    wrong = found[(found["verdict"] == "wrong") & ((found["corpus"] != "regulations") | (found["field"] != "year"))]
    shown = ["corpus", "names", "file", "field", "label", "read", "evidence"]
    print(f"Wrong\n{wrong[shown].to_string(index=False) if len(wrong) else 'nothing'}\n")
    print(f"Every unit of the gazetteer in a title\n{units(quick).to_string()}\n")
    print(f"Years of acts that differ from the label\n{acts(found).to_string()}\n")
    print(f"Encodings\n{encodings.table(data, quick).to_string()}\n")
    print(f"Interleaving\n{interleaving.table(data, quick).to_string()}\n")


def corpora(data: Path) -> dict[str, list[Case]]:
    """The files of each corpus with their truths, those of the seeds as ``seeds``."""
    folder = data / "corpora"
    return {
        "provincial": list(_labelled(folder / "provincial_reports")),
        "national": list(_labelled(folder / "national_reports_1954_2025")),
        "regulations": list(_labelled(folder / "local_regulations")),
        "messy": list(_messy(folder / "messy")),
        "seeds": list(_seeds(data)),
    }


def verdicts(cases: Sequence[Case], corpus: str, quick: bool) -> pd.DataFrame:
    """One row per document, naming and field: ``corpus names file field label read status verdict evidence``."""
    rows = []
    for number, case in enumerate(cases[:40] if quick else cases):
        for names, name in (("opaque", f"{number:05d}{case.path.suffix}"), ("own", case.name)):
            for doc_id, doc, truth in _matched(_read(case.path, name), case.truths):
                for field in FIELDS:
                    row = _judged(field, doc, getattr(truth, field)) | {"doc": f"{number} {doc_id}"}
                    rows.append({"corpus": corpus, "names": names, "file": case.path.name, "number": number} | row)
    return pd.DataFrame(rows)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Documents, and how many of each field are right, wrong, bounded, unknown or without a label."""
    kinds = ["right", "wrong", "bounded", "unknown", "no label"]
    keys = ["corpus", "names", "field"]
    table = pd.crosstab([found[key] for key in keys], found["verdict"]).reindex(columns=kinds, fill_value=0)
    table.insert(0, "documents", found.groupby(keys)["doc"].nunique())
    return table.reindex(pd.MultiIndex.from_product([found[k].unique() for k in keys], names=keys))


def calibration(found: pd.DataFrame) -> pd.DataFrame:
    """Of the provinces and years with a status, how many are right, by corpus and over all.

    ``other_day`` counts acts whose label is another day than the one their own header ends with (see ``acts``);
    ``share`` counts them as wrong, ``share_but_these`` leaves them out.
    """
    asked = found[found["field"].isin(["province", "year"]) & found["verdict"].isin(["right", "wrong"])]
    asked = asked.assign(other=(asked["corpus"] == "regulations") & (asked["label_means"].fillna("") != ""))
    every = pd.concat([asked, asked.assign(corpus="all")])
    table = every.groupby(["names", "field", "status", "corpus"], sort=False).agg(
        values=("verdict", "size"), right=("verdict", lambda said: (said == "right").sum()), other_day=("other", "sum")
    )
    share, but_these = table["right"] / table["values"], table["right"] / (table["values"] - table["other_day"])
    return table.assign(share=share.round(4), share_but_these=but_these.round(4)).sort_index()


def acts(found: pd.DataFrame) -> pd.DataFrame:
    """Why the year of an act is not its label's: what the label means then.

    An act's year is that of the last adoption, amendment, approval or publication its own header names.
    """
    years = found[(found["corpus"] == "regulations") & (found["field"] == "year") & (found["verdict"] == "wrong")]
    return years.groupby(["names", "label_means"]).size().rename_axis(["names", "the label is"]).to_frame("acts")


def units(quick: bool) -> pd.DataFrame:
    """Whether every prefecture and county of today is recognised in a title, by how it is written there."""
    rows = []
    now = [place for place in places() if place.last == "2025" and place.level != "province"]
    for place in now[:: 20 if quick else 1]:
        names = lineage(place, None)
        nested = "".join(names.get(level, "") for level in ("province", "prefecture", "county"))
        forms = {"nested": nested, "name alone": place.name}
        if place.level == "prefecture":
            forms["short, 中院"] = short_name(place.name) + "中院"
        for form, name in forms.items():
            title = name + ("" if name.endswith("中院") else "司法局") + "召开会议"
            found = locate(Draft("x.txt", "会议强调，要认真工作。", title))
            right = all(found[level] == names.get(level) for level in ("province", "prefecture", "county"))
            verdict = "right" if right else "unknown" if found["region_status"] == "unknown" else "wrong"
            rows.append((place.level, form, verdict))
    counts = pd.DataFrame(rows, columns=["level", "form", "verdict"]).value_counts()
    return counts.unstack(fill_value=0).reindex(columns=["right", "wrong", "unknown"], fill_value=0)


def _labelled(folder: Path) -> Iterator[Case]:
    """A corpus of text files with a metadata.csv."""
    for row in _rows(folder / "metadata.csv"):
        path = folder / "txt" / f"{row['doc_id']}.txt"
        own = row["source_path"].rpartition("!")[2].rpartition("/")[2]
        name = path.name if own.endswith("jsonl") else own.rpartition(".")[0] + ".txt"
        place = _act_of(row) if folder.name == "local_regulations" else ("", _LEVELS[row["level"]])
        yield Case(path, name, (Truth(row["province"], *place, int(row["year"])),))


def _act_of(row: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Prefecture and level of an act whose title names its province or city; the corpus only guesses at others."""
    short = REGION_OF[row["province"]]
    if row["province"] == "北京市" or re.match(rf"{short}省(?!.*(?:自治县|自治州))", row["title"]):
        return "", "province"
    city = re.match(r"(?!义乌)[^市城]{2,3}市(?!区)", row["title"])
    return (city[0], "prefecture") if city else (None, None)


def _messy(folder: Path) -> Iterator[Case]:
    for row in _rows(folder / "manifest.csv"):
        path = folder / "files" / row["file"]
        year = int(row["true_year"]) if row["true_year"] else None
        if row["true_region"] == "31 provinces":
            truths = tuple(Truth(full, "", "province", year, REGION_OF[full]) for full in PROVINCES[:31])
        else:
            truths = (Truth(*_split(row["true_region"]), _LEVELS.get(row["level"]), year),)
        yield Case(path, path.name, truths)


def _split(region: str) -> tuple[str, str]:
    """四川省阿坝藏族羌族自治州 → province and prefecture; the nation has neither."""
    if region == NATIONAL:
        return "", ""
    full = next((p for p in PROVINCES if region.startswith((p, REGION_OF[p]))), "")
    short = next((known for known in (full, REGION_OF.get(full, "") + "自治区") if region.startswith(known)), "")
    return full, region.removeprefix(short)


def _seeds(data: Path) -> Iterator[Case]:
    rows = _rows(data / "facts" / "seed_documents.csv")
    for file in dict.fromkeys(row["source_file"] for row in rows):
        truths = tuple(
            Truth(r["province"], r["prefecture"], _LEVELS[r["admin_level"]], int(r["year"]), r["author"])
            for r in rows if r["source_file"] == file
        )  # fmt: skip
        yield Case(data / "seeds" / file, file, truths)


def _rows(path: Path) -> list[dict[Any, str]]:
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig").to_dict("records")


def _read(path: Path, name: str) -> dict[Any, dict[Any, Any]]:
    """The documents of a file read by itself under a name; none when nothing in it can be read."""
    with tempfile.TemporaryDirectory(prefix="tifa-") as folder:
        copy = Path(folder) / name
        copy.write_bytes(path.read_bytes())
        try:
            docs = read_corpus(copy, lexicon=load_lexicon()).docs.astype(object)
        except ValueError:
            return {}
    return docs.where(docs.notna(), None).to_dict("index")


def _matched(docs: dict[Any, dict[Any, Any]], truths: Sequence[Truth]) -> Iterator[tuple[str, dict[Any, Any], Truth]]:
    """Each document with its truth; a truth no document fits is met by an empty one."""
    for truth in truths:
        fitting = [
            (doc_id, doc) for doc_id, doc in docs.items()
            if len(truths) == 1 or truth.key == doc["author"] or f"年{truth.key}" in doc["source"]
        ]  # fmt: skip
        yield from ((doc_id, doc, truth) for doc_id, doc in fitting or [("not read", {})])


def _judged(field: str, doc: Mapping[str, Any], label: Any) -> dict[str, Any]:
    """The verdict on one field of a document."""
    about = "year" if field == "year" else "region"
    read = doc.get(field) or ("" if field in ("province", "prefecture") and doc.get("level") else None)
    said = {"field": field, "label": label, "read": read, "status": doc.get(f"{about}_status")}
    said["evidence"] = doc.get(f"{about}_evidence")
    if label is None:
        return said | {"verdict": "no label"}
    if read is not None:
        meaning = _label_means(doc, label) if field == "year" and read != label else ""
        return said | {"verdict": "right" if read == label else "wrong", "label_means": meaning}
    first, last = (doc.get("date_earliest") or ""), (doc.get("date_latest") or "")
    if field != "year" or not (first or last):
        return said | {"verdict": "unknown"}
    inside = (first or "0")[:4] <= str(label) <= (last or "9")[:4]
    return said | {"verdict": "bounded" if inside else "wrong", "label_means": "outside the bounds"}


def _label_means(doc: Mapping[str, Any], label: int) -> str:
    if label < doc["year"]:
        return "an earlier version: the text names a later amendment"
    if str(label) in _IN_FORCE.findall(doc["text"][:1500]):
        return "the year of coming into force"
    return "later than any date in the header"
