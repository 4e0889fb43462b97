"""The lexicon of official formulations (提法) and the stop-words of the genre.

A slogan is one entry: its canonical form, the other forms it is written in, the slogans it is
made of, when and where it was first used and what took its place, how it is read and rendered in
English. A form that means several things (四化) has an entry of its own for what nobody can tell, and
one more for each meaning, named 四化（政法队伍）, with the words that betray it in ``context``.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import pandas as pd

from analysis.display import card, counted, kinds, words
from analysis.variants import variants
from analysis.wording import say

COLUMNS = (
    "aliases", "components", "context", "kind", "level", "first_date", "last_date", "occasion",
    "retired", "renamed_to", "confidence", "pinyin", "gloss", "source",
)  # fmt: skip
KINDS = ("numeric", "ideology", "enumeration", "goal", "campaign", "institution", "motto", "other")
CONFIDENCES = ("high", "medium", "low")
_LISTS = ("aliases", "components", "context", "renamed_to")
_MEANING = re.compile(r"(.+)（.+）")
_DEFAULTS = {"kind": "other", "level": "national", "confidence": "medium"}


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Slogans, one row each.

    Parameters
    ----------
    entries : DataFrame
        Needs a column or index ``slogan``; every other column of `COLUMNS` is optional.
        ``aliases components context renamed_to`` are tuples, or strings separated by ``|``; slogan
        and aliases are in the notation of `variants`. Kept as a frame indexed by ``slogan``, sorted,
        with tuples in those columns and ``""`` where nothing is known. Dates are ISO strings of
        the precision known: 2018, 2018-01 or 2018-01-11.

    Raises
    ------
    ValueError
        An empty or repeated slogan, a date that is none, an unknown kind or confidence, a surface
        that belongs to two entries, or a meaning without an entry for the bare form.
    """

    entries: pd.DataFrame

    def __post_init__(self) -> None:
        entries = _normalise(self.entries)
        _check(entries)
        _owners(entries)
        object.__setattr__(self, "entries", entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"Lexicon of {counted(len(self), 'formulation')}, {counted(len(self.surfaces), 'surface')}"

    def _repr_html_(self) -> str:
        facts = {
            "kind": kinds(self.entries["kind"].replace("institution", "institution_kind")),  # not the issuer's column
            "dated": f"{(self.entries['first_date'] != '').sum():,}",
            "glossed": f"{len(self.glosses):,}",
            "entries": words(self.entries.index.tolist()),
        }
        return card(say({"zh": f"词库：{len(self):,} 条提法，{len(self.surfaces):,} 种写法", "en": repr(self)}), facts)

    @cached_property
    def surfaces(self) -> pd.Series:
        """Canonical slogan of every surface (all variants of slogans and aliases), sorted by surface."""
        owners = _owners(self.entries)
        return pd.Series(owners, name="slogan", dtype=object).rename_axis("surface").sort_index()

    @cached_property
    def meanings(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """For every form that means several things, its meanings and the words that betray each."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for slogan, cues in self.entries["context"].items():
            if cues:
                found.setdefault(_bare(str(slogan)), {})[str(slogan)] = cues
        return found

    @property
    def glosses(self) -> pd.Series:
        """English rendering by slogan, for those that have one."""
        return self.entries.loc[self.entries["gloss"] != "", "gloss"]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the entries written as CSV: what a recipe records."""
        frame = self.entries.copy()
        for column in _LISTS:
            frame[column] = frame[column].map("|".join)
        return hashlib.sha256(frame.to_csv(lineterminator="\n").encode()).hexdigest()

    def extend(self, other: Lexicon) -> Lexicon:
        """Both lexicons; a slogan in both is taken whole from `other`."""
        kept = self.entries.drop(index=other.entries.index, errors="ignore")
        return Lexicon(pd.concat([kept, other.entries]).fillna(""))


def load_lexicon(path: str | Path | None = None) -> Lexicon:
    """The built-in lexicon, extended by the user's own if `path` names a CSV file.

    The file needs a column ``slogan``; the other columns of the built-in one may be left out, and
    columns of the user's own are kept. It may be UTF-8, with or without a byte order mark, or
    GB18030. A row for a built-in slogan replaces the built-in row.

    Raises
    ------
    FileNotFoundError
        `path` does not exist.
    ValueError
        The file cannot be used; the message names the file, what is wrong and the remedy.
    """
    if path is None:
        return _builtin()
    try:
        return _builtin().extend(Lexicon(read_rows(Path(path))))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def load_stopwords() -> tuple[str, ...]:
    """Stop-words of the genre, sorted. 法 权 罚 新 不 不得 应当 and their like are not among them."""
    lines = (line.strip() for line in _resource("stopwords.txt").splitlines())
    return tuple(sorted({line for line in lines if line and not line.startswith("#")}))


@cache
def _builtin() -> Lexicon:
    return Lexicon(_parse(_resource("slogans.csv")))


def _resource(name: str) -> str:
    return (files("analysis") / "resources" / name).read_text("utf-8")


def read_rows(path: Path) -> pd.DataFrame:
    """The rows of a lexicon file as they stand there, all text; raises ValueError where it is no table."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return _parse(data.decode(encoding))
    raise ValueError("neither UTF-8 nor GB18030; save it as 'CSV UTF-8'")


def _parse(text: str) -> pd.DataFrame:
    try:
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True)
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise ValueError(f"not a CSV table ({error}); the first line must name a column 'slogan'") from None


def _normalise(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reset_index() if frame.index.name == "slogan" else frame.copy()
    frame.columns = frame.columns.str.strip()
    _check_columns(frame.columns)
    for column in ("slogan", *COLUMNS):
        values = frame.get(column, pd.Series("", index=frame.index))
        values = values.map(_split if column in _LISTS else lambda value: "" if pd.isna(value) else str(value).strip())
        frame[column] = values.replace("", _DEFAULTS[column]) if column in _DEFAULTS else values
    pairs = zip(frame["slogan"], frame["aliases"], strict=True)
    own = [tuple(alias for alias in aliases if alias != slogan) for slogan, aliases in pairs]
    frame["aliases"] = pd.Series(own, index=frame.index, dtype=object)
    extra = [column for column in frame if column not in ("slogan", *COLUMNS)]
    return frame.set_index("slogan")[[*COLUMNS, *extra]].sort_index()


def _split(value: str | Iterable[str]) -> tuple[str, ...]:
    parts = re.split(r"[|｜]", value) if isinstance(value, str) else value
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _check_columns(columns: Iterable[str]) -> None:
    known = ("slogan", *COLUMNS)
    for column in columns:
        near = difflib.get_close_matches(column, known, n=1, cutoff=0.75)
        if column not in known and near and near[0] not in columns:
            raise ValueError(f"no lexicon column {column!r}; did you mean {near[0]!r}?")
    if "slogan" not in columns:
        raise ValueError(f"no column 'slogan' among {list(columns)}; name the formulations' column so")


def _check(entries: pd.DataFrame) -> None:
    if (entries.index == "").any():
        raise ValueError("an entry has an empty slogan; fill the column 'slogan' or delete the row")
    if repeated := sorted(entries.index[entries.index.duplicated()]):
        raise ValueError(f"slogan {repeated[0]!r} has more than one row; keep one and merge the aliases")
    for column, allowed in (("kind", KINDS), ("confidence", CONFIDENCES)):
        for slogan, value in entries.loc[~entries[column].isin(allowed), column].items():
            raise ValueError(f"{column} {value!r} of {slogan!r}; write one of {', '.join(allowed)}")
    for column in ("first_date", "last_date"):
        for slogan, value in entries[column].items():
            if value and not _is_date(value):
                raise ValueError(f"{column} {value!r} of {slogan!r}; write 2018, 2018-01 or 2018-01-11")
    for slogan, first, last in entries[["first_date", "last_date"]].itertuples():
        if first and last and last[: len(first)] < first[: len(last)]:
            raise ValueError(f"last_date {last!r} of {slogan!r} is before first_date {first!r}; correct one")
    for slogan in entries.index[entries["context"].map(bool)]:
        if _bare(slogan) == slogan or _bare(slogan) not in entries.index:
            raise ValueError(
                f"{slogan!r} has a context but no entry it is a meaning of; name it 形式（含义）, "
                "with a row for 形式, or empty its column 'context'"
            )


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", value):
        return False
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _bare(slogan: str) -> str:
    meaning = _MEANING.fullmatch(slogan)
    return meaning[1] if meaning else slogan


def _owners(entries: pd.DataFrame) -> dict[str, str]:
    """The entry of every surface; a surface that two can be written as goes to the one closer to it as written."""
    owners: dict[str, tuple[int, str]] = {}
    for slogan, aliases, context in entries[["aliases", "context"]].itertuples():
        for form in (*aliases, *([] if context else [slogan])):
            for rank, surface in enumerate(variants(form)):
                claim = (rank + (surface != form), slogan)
                other = owners.get(surface, claim)
                if claim[0] == other[0] == 0 and claim != other:
                    raise ValueError(
                        f"surface {surface!r} belongs to both {other[1]!r} and {slogan!r}; "
                        "leave it in one of them (a row of your own for a built-in slogan replaces it)"
                    )
                owners[surface] = min(claim, other)
    return {surface: slogan for surface, (_, slogan) in owners.items()}
