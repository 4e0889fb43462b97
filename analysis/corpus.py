"""The corpus: one row per document, with region and year as document variables."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from analysis.display import card, counted, kinds, strip
from analysis.docvars import select_rows, suggest
from analysis.wording import say

_PROVINCES = {
    "北京市": ("北京", "东部"), "天津市": ("天津", "东部"), "河北省": ("河北", "东部"),
    "山西省": ("山西", "中部"), "内蒙古自治区": ("内蒙古", "西部"), "辽宁省": ("辽宁", "东北"),
    "吉林省": ("吉林", "东北"), "黑龙江省": ("黑龙江", "东北"), "上海市": ("上海", "东部"),
    "江苏省": ("江苏", "东部"), "浙江省": ("浙江", "东部"), "安徽省": ("安徽", "中部"),
    "福建省": ("福建", "东部"), "江西省": ("江西", "中部"), "山东省": ("山东", "东部"),
    "河南省": ("河南", "中部"), "湖北省": ("湖北", "中部"), "湖南省": ("湖南", "中部"),
    "广东省": ("广东", "东部"), "广西壮族自治区": ("广西", "西部"), "海南省": ("海南", "东部"),
    "重庆市": ("重庆", "西部"), "四川省": ("四川", "西部"), "贵州省": ("贵州", "西部"),
    "云南省": ("云南", "西部"), "西藏自治区": ("西藏", "西部"), "陕西省": ("陕西", "西部"),
    "甘肃省": ("甘肃", "西部"), "青海省": ("青海", "西部"), "宁夏回族自治区": ("宁夏", "西部"),
    "新疆维吾尔自治区": ("新疆", "西部"), "台湾省": ("台湾", "港澳台"),
    "香港特别行政区": ("香港", "港澳台"), "澳门特别行政区": ("澳门", "港澳台"),
}  # fmt: skip
PROVINCES: tuple[str, ...] = tuple(_PROVINCES)
NATIONAL = "全国"
REGION_OF: dict[str, str] = {full: short for full, (short, _) in _PROVINCES.items()}
MACRO_REGION_OF: dict[str, str] = {full: macro for full, (_, macro) in _PROVINCES.items()}
REGIONS: tuple[str, ...] = (*REGION_OF.values(), NATIONAL)
MACRO_REGIONS: tuple[str, ...] = ("东部", "中部", "西部", "东北", "港澳台", NATIONAL)
LEVELS: tuple[str, ...] = ("national", "province", "prefecture", "county")
INSTITUTION_TYPES: tuple[str, ...] = (
    "court", "procuratorate", "justice", "political-legal-committee", "government", "party", "congress", "media",
    "other",
)  # fmt: skip
STATUSES: tuple[str, ...] = ("given", "explicit", "inferred", "bounded", "unknown")
COLUMNS: tuple[str, ...] = (
    "title", "author", "institution", "institution_type", "level", "province", "prefecture", "county",
    "region", "macro_region", "year", "date", "date_earliest", "date_latest", "text", "source", "n_chars",
    "region_evidence", "region_status", "year_evidence", "year_status",
)  # fmt: skip
_CATEGORIES = {
    "province": PROVINCES, "region": REGIONS, "macro_region": MACRO_REGIONS, "level": LEVELS,
    "region_status": STATUSES, "year_status": STATUSES,
}  # fmt: skip

INDEX = "_corpus.json"  # of a sharded corpus; names with an underscore are no part of a Parquet dataset
REMOVALS: tuple[str, ...] = ("file", "doc_id", "kind", "text", "n")

Recipe = tuple[dict[str, Any], ...]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Documents with their variables.

    Attributes
    ----------
    docs : DataFrame
        Index ``doc_id``; columns ``COLUMNS`` and any user docvars.
    report : DataFrame
        One row per file looked at: ``file, status, reason, …``.
    recipe : tuple of dict
        The steps that made it, JSON-able, without user, path or clock.
    removals : DataFrame
        What cleaning took out of the texts, and how often: ``file, doc_id, kind, text, n``.
    """

    docs: pd.DataFrame
    report: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["file", "status", "reason"]))
    recipe: Recipe = ()
    removals: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REMOVALS)))

    def __post_init__(self) -> None:
        missing = [column for column in COLUMNS if column not in self.docs]
        if missing:
            raise ValueError(f"Corpus.docs lacks the columns {missing}; build it with make_corpus(frame).")
        if not self.docs.index.is_unique:
            twice = self.docs.index[self.docs.index.duplicated()][0]
            raise ValueError(f"doc_id {twice!r} occurs twice; give every document its own doc_id.")

    def __len__(self) -> int:
        return len(self.docs)

    def subset(self, query: str) -> Corpus:
        """The documents for which a docvars query is true.

        Parameters
        ----------
        query : str
            A pandas query, e.g. ``"province == '吉林省' and year >= 2019"``.

        Raises
        ------
        KeyError
            If it names an unknown docvar.
        ValueError
            If no document satisfies it.
        """
        docs = self.docs[select_rows(self.docs, query)]
        if docs.empty:
            raise ValueError(f"No document satisfies {query!r}; see corpus.docs for the values there are.")
        return replace(self, docs=docs, recipe=(*self.recipe, {"step": "subset", "query": query}))

    def save(self, folder: str | Path) -> None:
        """Write documents and removals (Parquet), report (CSV) and recipe (JSON) into a folder."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.docs.to_parquet(folder / "docs.parquet")
        self.removals.to_parquet(folder / "removals.parquet")
        self.report.to_csv(folder / "report.csv", index=False)
        (folder / "recipe.json").write_text(json.dumps(self.recipe, ensure_ascii=False, indent=1), encoding="utf-8")

    def to_table(self) -> pa.Table:
        """All of it as one Arrow table: the documents, with the rest as metadata."""
        rest = {name: _to_bytes(getattr(self, name)) for name in ("report", "removals")}
        rest["steps"] = json.dumps(self.recipe, ensure_ascii=False).encode()
        table = pa.Table.from_pandas(self.docs)
        return table.replace_schema_metadata({**(table.schema.metadata or {}), **rest})

    def __repr__(self) -> str:
        regions = counted(self.docs["region"].nunique(), "region")
        return f"Corpus of {counted(len(self), 'document')}, {regions}, {self._years() or 'no year known'}"

    def _repr_html_(self) -> str:
        facts = {
            "file": kinds(self.report["status"]) if "status" in self.report else "",
            "institution_type": kinds(self.docs["institution_type"]),
        }
        years = f"{span} 年" if (span := self._years()) else "年份未知"
        zh = f"{len(self)} 篇文档，{self.docs['region'].nunique()} 个地区，{years}"
        return card(say({"zh": zh, "en": repr(self)}), facts, body=strip(self.docs), recipe=self.recipe)

    def _years(self) -> str:
        years = self.docs["year"].dropna()
        return "–".join(map(str, sorted({years.min(), years.max()}))) if len(years) else ""


def load_corpus(folder: str | Path) -> Corpus:
    """Read a corpus written by ``Corpus.save``.

    Raises
    ------
    FileNotFoundError
        If the folder holds no saved corpus.
    """
    folder = Path(folder)
    if not (folder / "docs.parquet").exists():
        other = "write one with corpus.save(), or read documents with read_corpus()."
        other = "it is a sharded one: open_shards() opens it." if (folder / INDEX).exists() else other
        raise FileNotFoundError(f"{folder} holds no saved corpus (docs.parquet); {other}")
    report = pd.read_csv(folder / "report.csv", keep_default_na=False)
    recipe = tuple(json.loads((folder / "recipe.json").read_text(encoding="utf-8")))
    docs, removals = (pd.read_parquet(folder / f"{name}.parquet") for name in ("docs", "removals"))
    return Corpus(docs, report, recipe, removals)


def from_table(table: pa.Table) -> Corpus:
    """The corpus of ``Corpus.to_table``; texts stay where the table has them, as in a file mapped into memory."""
    rest = table.schema.metadata
    report, removals = (pa.ipc.open_stream(rest[name]).read_pandas() for name in (b"report", b"removals"))
    return Corpus(table.to_pandas(), report, tuple(json.loads(rest[b"steps"])), removals)


def _to_bytes(frame: pd.DataFrame) -> bytes:
    table, sink = pa.Table.from_pandas(frame), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def make_corpus(frame: pd.DataFrame, *, report: pd.DataFrame | None = None, recipe: Recipe = ()) -> Corpus:
    """A corpus from any DataFrame with a ``text`` column.

    Missing columns are filled with NA; ``region`` and ``macro_region`` follow from ``province``
    (and are 全国 where ``level`` is national).

    Raises
    ------
    ValueError
        If there is no ``text`` column, a text is missing or holds a NUL character, a year is no whole
        number, or a province, level or status is not a known one.
    """
    if "text" not in frame:
        raise ValueError(f"No column 'text' among {list(frame.columns)}; rename the one that holds the texts.")
    docs = frame.drop(columns=["region", "macro_region"], errors="ignore").copy()
    docs.index = docs.index.astype(str) if "doc_id" not in docs else docs.pop("doc_id").astype(str)
    docs.index.name = "doc_id"
    for column in COLUMNS:
        if column not in docs:
            docs[column] = None
    docs["n_chars"] = docs["text"].map(_length).astype("int64")
    if (docs["n_chars"] < 0).any():
        doc_id = docs.index[docs["n_chars"] < 0][0]
        raise ValueError(
            f"The text of {doc_id!r} is missing or has a NUL character; leave the document out or clean it."
        )
    national = docs["level"].eq("national").fillna(False)
    province = docs["province"].astype("object")
    docs["region"] = province.map(REGION_OF).mask(national, NATIONAL)
    docs["macro_region"] = province.map(MACRO_REGION_OF).mask(national, NATIONAL)
    extra = [column for column in docs if column not in COLUMNS]
    made = Corpus(_typed(docs)[[*COLUMNS, *extra]], recipe=recipe)
    return made if report is None else replace(made, report=report)


def _length(text: object) -> int:
    return len(text) if isinstance(text, str) and "\0" not in text else -1


def _typed(docs: pd.DataFrame) -> pd.DataFrame:
    for column in ("region_status", "year_status"):
        value = docs[column[: -len("_status")]]
        docs[column] = docs[column].where(docs[column].notna(), value.notna().map({True: "given", False: "unknown"}))
    docs["year"] = _years(docs["year"])
    for column, known in _CATEGORIES.items():
        strange = set(map(str, docs[column].dropna().tolist())) - set(known)
        if strange:
            name = min(strange)
            hint = suggest(name, known) or f"use one of {known}"
            raise ValueError(f"{column} {name!r} is not known; {hint}")
        docs[column] = pd.Categorical(docs[column], categories=known, ordered=True)
    for column in COLUMNS:
        if column not in _CATEGORIES and column not in ("year", "n_chars"):
            docs[column] = docs[column].astype("str").where(docs[column].notna())
    for column in docs.columns.difference(list(COLUMNS)):
        # Values of several types can be neither sorted nor saved.
        if pd.api.types.infer_dtype(docs[column], skipna=True).startswith("mixed"):
            docs[column] = docs[column].astype("str").where(docs[column].notna())
    return docs


def _years(years: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(years, errors="coerce")
    wrong = years.notna() & ~(numbers % 1 == 0).fillna(False).astype(bool)
    if wrong.any():
        raise ValueError(f"year '{years[wrong].iloc[0]}' is not a year; write it as four digits, e.g. 2019.")
    return numbers.astype("Int64")


def bare(table: pd.DataFrame) -> pd.DataFrame:
    """The table without attributes, which pandas copies in depth at every step."""
    table = table.copy(deep=False)
    table.attrs = {}
    return table
