"""Words on figures and tables, in Chinese or English (``TIFA_LANG=en``): those of ``wording``, and formulations."""

from __future__ import annotations

import functools
import re
import textwrap
from collections import Counter
from collections.abc import Sequence

from analysis.lexicon import load_lexicon
from analysis.wording import label, lang, say

__all__ = ["label", "lang", "say", "term", "terms"]


def term(feature: str, width: int = 34, lines: int = 2) -> str:
    """A term as figures show it: in English a slogan's gloss where there is one, without its explanation in brackets.

    Parameters
    ----------
    feature : str
    width, lines : int
        Characters a line, and lines, that an English gloss may take.
    """
    if lang() == "zh":
        return feature if len(feature) <= 22 else feature[:21] + "…"
    return "\n".join(textwrap.wrap(_gloss(feature), width, max_lines=lines, placeholder=" …")) or feature


def terms(features: Sequence[str], width: int = 34, lines: int = 2) -> list[str]:
    """Each as ``term`` has it; those that would look alike cut in the middle, or else with their Chinese names."""
    whole = {feature: term(feature, width, lines) for feature in map(str, features)}
    names = dict(whole)
    for tell in (lambda f: _ends(f, width, lines), lambda f: f"{whole[f]} {f}"):
        alike = Counter(names.values())
        names |= {feature: tell(feature) for feature in names if alike[names[feature]] > 1}
    return [names[str(feature)] for feature in features]


@functools.lru_cache(4096)
def _gloss(feature: str) -> str:
    return re.sub(r"\s*\([^)]*\)", "", load_lexicon().glosses.get(feature, ""))


def _ends(feature: str, width: int, lines: int) -> str:
    """The beginning and the end of a name that is too long."""
    if lang() == "zh":
        return f"{feature[:11]}…{feature[-10:]}"
    if not (shown := term(feature, width, lines)).endswith("…"):
        return shown
    short = functools.partial(textwrap.shorten, break_on_hyphens=False, break_long_words=False)
    end = short(_gloss(feature)[::-1], width if lines > 1 else width // 2, placeholder="")[::-1]
    start = short(_gloss(feature), width if lines > 1 else width - 1 - len(end), placeholder=" …")
    return f"{start}{' ' if lines == 1 else chr(10)}{end}"
