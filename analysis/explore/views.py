"""One answer per view. What is computed is the very code that the user can copy."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

import analysis
from analysis import memo
from analysis.answers import with_attrs
from analysis.explore.choices import Choice, named, query, subset
from analysis.explore.stopping import watched
from analysis.study import Study

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Scope = dict[str, Any]
_KEPT, _CALLS = ("topics", "cooccurrence"), 8
EMPTY = {"zh": "所选没有文档。", "en": "No document is chosen."}
ONE_SIDE = {
    "zh": "请先选地区、年份、层级或机关类型：显著词是一部分文档与另一部分相比。",
    "en": "Choose regions, years, levels or types first: keyness compares some documents with others.",
}
NO_PATTERN = {
    "zh": "{} 不是正则表达式，或者与空串也匹配。若要照原样查找，请去掉“正则表达式”的勾。",
    "en": "{} is no regular expression, or matches the empty string. To look for it as it stands, untick the box.",
}
SIDES = {
    "zh": "两边须各有文档，且没有相同的：请另选。",
    "en": "Each side needs documents that the other does not hold: choose otherwise.",
}
TOO_MANY = {"zh": "主题多于文档或词语：请减少主题数。", "en": "More topics than documents or words: ask for fewer."}
NO_TIE = {"zh": "没有提法与它同句。", "en": "No formulation shares a sentence with it."}
_LIMITED = threading.Lock()
TERMS, MANY, RESAMPLES, FEW = 40, 2000, 999, 199  # words; of more documents than MANY, FEW splits
ROOM = 60  # letters, a Chinese one counted twice, for the name of a side
# What a page of a journal is wide, which is more than a screen shows well.
PAPER = "figure.set_figwidth(da.plots.ONE_COLUMN if figure.get_figwidth() < 4 else da.plots.TWO_COLUMN)  # inches"


@dataclass(frozen=True, eq=False)
class Answer:
    """What a choice gives.

    Attributes
    ----------
    table : DataFrame
        With the attributes of every result; an empty one says why in ``attrs["reason"]``.
    draw : callable
        Makes the figure, after which further lines are run (``PAPER``); not to be called for an empty table.
    code : str
        The lines that make ``table``, and ``figure`` as wide as on paper, on the public names; none without a question.
    name : str
        For ``save_figure`` and ``save_table``.
    """

    table: pd.DataFrame
    draw: Callable[..., Figure]
    code: str
    name: str


def answer(study: Study, choice: Choice, *, path: str | None = None, stop: Callable[[], bool] | None = None) -> Answer:
    """Table, figure and code of a choice; a question that has no answer gives the empty table that says why.

    Parameters
    ----------
    study : Study
    choice : Choice
    path : str, optional
        What ``open_study`` was given, for the code.
    stop : callable, optional
        Asked while there is work whether to give up.

    Raises
    ------
    Stopped
        If ``stop()`` was true.
    """
    lines, figure = VIEWS[choice.view](study, choice)
    scope: Scope = {"da": library, "study": study, "pd": pd, "table": pd.DataFrame()}
    try:
        with _one_thread():
            watched(lambda: _run(lines, scope), stop)
        table: pd.DataFrame = scope["table"]
    except ValueError as error:
        table = scope["table"] = with_attrs(pd.DataFrame(), {"reason": _refused(choice, error)})
        lines = [f"table = pd.DataFrame()  # {' '.join(str(error).split())}"]
    if table.empty:
        table.attrs["reason"] = _reason(study, choice, scope)
    code = _code(lines if table.empty else [*lines, figure, PAPER], path)
    return Answer(table, lambda *more: _run([figure, *more], scope)["figure"], code, _file_name(choice))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """For small products of matrices, as a second thread would spin on and take the drawing's time.

    Of answers that overlap, in two panels, the first one's limit ends with it: two would leave it behind.
    """
    if not _LIMITED.acquire(blocking=False):
        yield
        return
    try:
        with _blas().limit(limits=1):
            yield
    finally:
        _LIMITED.release()


@functools.cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _code(lines: list[str], path: str | None) -> str:
    if not lines:
        return ""
    heads = ["import pandas as pd\n"] if any("pd." in line for line in lines) else [""]
    opened = f"study = da.open_study({'' if path is None else repr(str(path))})"
    return "\n".join(["import analysis as da", *heads, opened, *lines, ""])


def _run(lines: list[str], scope: Scope) -> Scope:
    with memo.off():  # the panel keeps its answers
        for line in lines:
            exec(line, scope)  # made here, of names and of literals that repr() has quoted
    return scope


def _terms(study: Study, choice: Choice) -> tuple[list[str], str]:
    by = choice.by
    if choice.item:
        table = f"table = da.pattern_frequency(part.corpus, {_pattern(choice)}, by={by!r})"
        return [_part(choice), table], f"figure = da.plots.by_group(table, by={by!r}, value='per_10k_chars').figure"
    top = f"top = da.frequency(part.terms).head({TERMS})['feature']"
    table = f"table = da.frequency(part.terms.select(list(top)), by={by!r})"
    return [_part(choice), top, table], _heat("feature", by, "per_10k")


def _heat(rows: str, by: str, value: str) -> str:
    """Rows shaded each by itself, but where there is one group, by what is most frequent in it."""
    each = f"several = table[{by!r}].nunique() > 1"
    return f"{each}\nfigure = da.plots.heat(table, rows={rows!r}, by={by!r}, value={value!r}, each=several).figure"


def _slogans(study: Study, choice: Choice) -> tuple[list[str], str]:
    if not choice.item:
        adopted = f"adopted = da.adoption(part.occurrences, part.corpus, by={choice.by!r})"
        table = "table = adopted[adopted['n'] > 0].sort_values('n', ascending=False, kind='stable', ignore_index=True)"
        return [_part(choice), adopted, table], _heat("slogan", "group", "per_10k_chars")
    slogan = _slogan(study, choice)
    if slogan is None:
        one = f"one = da.mentions(part.corpus, {_pattern(choice)})"
    else:
        one = f"one = part.occurrences[part.occurrences['slogan'] == {slogan!r}]"
    figure = (
        "figure = da.plots.adoption(table).figure" if choice.by == "year"
        else "figure = da.plots.by_group(table, by='group', value='share', limits=('share_low', 'share_high')).figure"
    )  # fmt: skip
    return [_part(choice), one, f"table = da.adoption(one, part.corpus, by={choice.by!r})"], figure


def _keyness(study: Study, choice: Choice) -> tuple[list[str], str]:
    target, against = query(choice), choice.against
    reference = None if against == "rest" else query(against)
    if target is None or (against != "rest" and reference is None):
        return [], ""
    versus = "" if reference is None else f"{reference!r}, "
    lines = [
        f"terms = study.terms.trim(min_docfreq={max(2, len(study.terms) // (10 if len(study.terms) <= MANY else 4))})",
        f"table = da.keyness(terms, {target!r}, {versus}resamples={RESAMPLES if len(study.terms) <= MANY else FEW})",
        f"table.attrs['sides'] = {{'target': {_side(choice)!r}, 'reference': {_side(against)!r}}}",
    ]
    return lines, "figure = da.plots.keyness(table, top=8).figure"


def _cooccurrence(study: Study, choice: Choice) -> tuple[list[str], str]:
    occ, slogan, name = "occ = part.occurrences", _slogan(study, choice), choice.item
    if choice.item and slogan is None:
        occ = f"occ = da.mentions(part.corpus, {_pattern(choice)}, among=part.occurrences)"
    lines = [_part(choice), occ, "ties = da.cooccurrence(occ, part.corpus)"]
    if not choice.item:
        return [*lines, "table = ties"], "figure = da.plots.cooccurrence(table.head(24), min_n=1, size=8).figure"
    name = slogan or name
    lines.append(f"table = ties[(ties['a'] == {name!r}) | (ties['b'] == {name!r})].reset_index(drop=True)")
    near = "names = pd.unique(table[['a', 'b']].head(15).to_numpy().ravel())"
    ego = "ego = ties[ties['a'].isin(names) & ties['b'].isin(names)]"
    least = "least = min(2, table['n_ab'].max())"
    return lines, f"{near}\n{ego}\n{least}\nfigure = da.plots.cooccurrence(ego, min_n=least, size=8).figure"


def _topics(study: Study, choice: Choice) -> tuple[list[str], str]:
    lines = [
        f"model = da.topics(study.topic_units, {choice.k})",
        _part(choice, "model"),
        "words = da.top_features(model, 3).groupby('topic')['feature'].agg(' '.join)",
        f"table = da.prevalence(part, by={choice.by!r})",
        "table['words'] = table['topic'].map(words)",
    ]
    full = "named = table.assign(words=table['topic'] + ' ' + table['words'])"
    return lines, f"{full}\nfigure = da.plots.heat(named, rows='words', by={choice.by!r}, value='share').figure"


VIEWS: dict[str, Callable[[Study, Choice], tuple[list[str], str]]] = {
    "terms": _terms, "slogans": _slogans, "keyness": _keyness, "cooccurrence": _cooccurrence, "topics": _topics,
}  # fmt: skip


def _part(choice: Choice, whole: str = "study") -> str:
    asked = query(choice)
    return f"part = {whole}" if asked is None else f"part = da.subset({whole}, {asked!r})"


def _pattern(choice: Choice) -> str:
    return repr(choice.item if choice.regex else [choice.item])


def _slogan(study: Study, choice: Choice) -> str | None:
    """The slogan that is typed, whichever way it is written; None for any other string."""
    return None if choice.regex else study.lexicon.surfaces.get(choice.item)


def _side(choice: Choice | Literal["rest"]) -> str:
    """What a figure calls a side of a comparison: as many names as it has room for."""
    names = [named(choice, most) for most in (3, 2, 1)]
    return next((name for name in names if len(name.encode("gbk", "replace")) <= ROOM), names[-1])


def _reason(study: Study, choice: Choice, scope: Scope) -> dict[str, str]:
    """Why there is no table: first that what was looked for is nowhere."""
    if query(choice) is not None and not len(subset(study, choice).dfm):
        return EMPTY
    attrs = [scope[name].attrs for name in ("one", "occ", "table") if name in scope]
    said = [about["reason"] for about in attrs if "reason" in about]
    return said[0] if said else ONE_SIDE if choice.view == "keyness" else NO_TIE


def _refused(choice: Choice, error: ValueError) -> dict[str, str]:
    """Why a question cannot be answered, in the words of the panel; the code holds the error's own."""
    if choice.view in ("keyness", "topics"):
        return SIDES if choice.view == "keyness" else TOO_MANY
    if choice.regex:
        return {lang: said.format(choice.item) for lang, said in NO_PATTERN.items()}
    return {"zh": f"此问无从回答：{error}", "en": str(error)}


def _file_name(choice: Choice) -> str:
    """Readable, and another for every choice."""
    said = "".join(c if c.isalnum() else "_" for c in choice.item[:16])
    digest = hashlib.sha256(repr(choice).encode()).hexdigest()[:6]
    return "_".join(filter(None, ["explore", choice.view, choice.by, said, digest]))


class _Library:
    """The package, whose slow functions keep their last results while asked about the same objects."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        function = getattr(analysis, name)
        return functools.partial(self._call, name, function) if name in _KEPT else function

    def _call(self, name: str, function: Callable[..., Any], *given: Any) -> Any:
        key = (name, *map(id, given))  # no id is given twice, as what it names is kept
        if key not in self._kept:
            self._kept[key] = (given, function(*given))
            if len(self._kept) > _CALLS:
                del self._kept[next(iter(self._kept))]
        return self._kept[key][1]


library = _Library()
