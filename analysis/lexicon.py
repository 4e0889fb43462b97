"""The lexicon of official formulations (提法) and the stop-words of the genre.

A slogan is one entry: its canonical form, the other surfaces it is written in, the slogans it
is made of, when and where it was first used, and how it is rendered in English.
"""

from __future__ import annotations

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

COLUMNS = (
    "aliases", "components", "kind", "level", "first_date", "last_date",
    "occasion", "retired", "confidence", "gloss", "source",
)  # fmt: skip
KINDS = ("numeric", "ideology", "enumeration", "goal", "campaign", "institution", "motto", "other")
CONFIDENCES = ("high", "medium", "low")
_LISTS = ("aliases", "components")
_DEFAULTS = {"kind": "other", "level": "national", "confidence": "medium"}


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Slogans, one row each.

    Parameters
    ----------
    entries : DataFrame
        Needs a column or index ``slogan``; every other column of `COLUMNS` is optional.
        ``aliases`` and ``components`` are tuples, or strings separated by ``|``. Kept as a frame
        indexed by ``slogan``, sorted, with tuples in those two columns and ``""`` where nothing
        is known. Dates are ISO strings of the precision known: 2018, 2018-01 or 2018-01-11.

    Raises
    ------
    ValueError
        An empty or repeated slogan, a date that is none, an unknown kind or confidence, or a
        surface that belongs to two entries.
    """

    entries: pd.DataFrame

    def __post_init__(self) -> None:
        entries = _normalise(self.entries)
        _check_slogans(entries)
        _check_values(entries)
        _check_dates(entries)
        _owners(entries)
        object.__setattr__(self, "entries", entries)

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def surfaces(self) -> pd.Series:
        """Canonical slogan of every surface (canonical forms and aliases), sorted by surface."""
        owners = _owners(self.entries)
        return pd.Series(owners, name="slogan", dtype=object).rename_axis("surface").sort_index()

    @property
    def glosses(self) -> pd.Series:
        """English rendering by slogan, for those that have one."""
        return self.entries.loc[self.entries["gloss"] != "", "gloss"]

    @property
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
        return _builtin().extend(Lexicon(_parse(_decode(Path(path).read_bytes()))))
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


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
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
        values = values.map(_split if column in _LISTS else _strip)
        frame[column] = values.replace("", _DEFAULTS[column]) if column in _DEFAULTS else values
    pairs = zip(frame["slogan"], frame["aliases"], strict=True)
    own = [tuple(alias for alias in aliases if alias != slogan) for slogan, aliases in pairs]
    frame["aliases"] = pd.Series(own, index=frame.index, dtype=object)
    extra = [column for column in frame if column not in ("slogan", *COLUMNS)]
    return frame.set_index("slogan")[[*COLUMNS, *extra]].sort_index()


def _strip(value: str | float | None) -> str:
    return "" if pd.isna(value) else str(value).strip()


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


def _check_slogans(entries: pd.DataFrame) -> None:
    if (entries.index == "").any():
        raise ValueError("an entry has an empty slogan; fill the column 'slogan' or delete the row")
    if repeated := sorted(entries.index[entries.index.duplicated()]):
        raise ValueError(f"slogan {repeated[0]!r} has more than one row; keep one and merge the aliases")


def _check_values(entries: pd.DataFrame) -> None:
    for column, allowed in (("kind", KINDS), ("confidence", CONFIDENCES)):
        for slogan, value in entries[column].items():
            if value not in allowed:
                raise ValueError(f"{column} {value!r} of {slogan!r}; write one of {', '.join(allowed)}")


def _check_dates(entries: pd.DataFrame) -> None:
    for column in ("first_date", "last_date"):
        for slogan, value in entries[column].items():
            if value and not _is_date(value):
                raise ValueError(f"{column} {value!r} of {slogan!r}; write 2018, 2018-01 or 2018-01-11")
    for slogan, first, last in entries[["first_date", "last_date"]].itertuples():
        if first and last and last[: len(first)] < first[: len(last)]:
            raise ValueError(f"last_date {last!r} of {slogan!r} is before first_date {first!r}; correct one")


def _is_date(value: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", value):
        return False
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _owners(entries: pd.DataFrame) -> dict[str, str]:
    owners: dict[str, str] = {}
    for slogan, aliases in entries["aliases"].items():
        for surface in (str(slogan), *aliases):
            if owners.setdefault(surface, str(slogan)) != slogan:
                raise ValueError(
                    f"surface {surface!r} belongs to both {owners[surface]!r} and {slogan!r}; "
                    "leave it in one of them (a row of your own for a built-in slogan replaces it)"
                )
    return owners
