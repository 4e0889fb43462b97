"""Accepted candidates, in the user's own lexicon file."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from analysis.lexicon import load_lexicon, read_rows


def add_to_lexicon(candidates: pd.DataFrame, path: str | Path) -> list[str]:
    """Add accepted candidates to a lexicon file that ``load_lexicon(path)`` reads.

    What the file or the built-in lexicon already knows is left as it is. ``first_date`` stays empty and
    ``confidence`` is low: that a corpus has a formulation does not say when it was first used.

    Parameters
    ----------
    candidates : DataFrame
        Rows of `discover`'s table, e.g. ``candidates.head(20)``.
    path : str or Path
        The file to write or extend, UTF-8 with a byte order mark so that Excel shows it right.

    Returns
    -------
    list of str
        The formulations added.

    Raises
    ------
    KeyError
        If the table has no column ``phrase``, ``kind`` or ``doc_id``.
    ValueError
        If the file there is no lexicon; it stays as it was.
    """
    if missing := [name for name in ("phrase", "kind", "doc_id") if name not in candidates]:
        raise KeyError(f"candidates has no column {missing[0]!r}; pass rows of the table that discover returned.")
    path = Path(path)
    known = load_lexicon(path if path.exists() else None).surfaces
    new = candidates[~candidates["phrase"].isin(known.index)].drop_duplicates("phrase")
    # Of a numeric abbreviation the components are the parts of the enumeration it counts.
    linked = new.get("linked", pd.Series("", index=new.index))
    rows = pd.DataFrame({
        "slogan": new["phrase"], "components": [own.replace("、", "|") * ("、" in own) for own in linked],
        "kind": new["kind"].where(new["kind"].isin(["numeric", "enumeration"]), "other"),
        "first_date": "", "confidence": "low", "source": "this corpus: " + new["doc_id"],
    })  # fmt: skip
    frame = pd.concat([read_rows(path), rows]) if path.exists() else rows
    aside = path.with_name(path.name + ".new")
    frame.fillna("").to_csv(aside, index=False, encoding="utf-8-sig", lineterminator="\n")
    try:
        load_lexicon(aside)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return new["phrase"].tolist()
