"""Where a document comes from: who issued it decides, places merely mentioned come last.

Evidence is asked in this order and the first answer stands: what the metadata say (``given``); title, byline,
document number, the lines above the salutation, the lead sentence, the closing signature (``explicit``);
then the document's words for itself (我省, 全市, 省法院) with the place named most often, and last the file
name (``inferred``). Newspapers never count as issuers. Names are taken in the year the document speaks of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

from analysis.reading.draft import Draft
from analysis.reading.gazetteer import (
    WIDTH,
    Place,
    before,
    called,
    in_force,
    lineage,
    mentions,
    short_name,
    stated_place,
    unit,
)
from analysis.reading.institutions import KINDS, full_name, is_middle, rank_of
from analysis.reading.issuers import Issuer, find_issuers, issuers_in, without_media

_FIELDS = ("institution", "institution_type", "level", *WIDTH)
_OWN = re.compile(r"[全我本](?<![居列占].)([省市区县州盟旗])(?!第|前|首|唯|平均|排|各)")
_ABOVE = re.compile(r"省委|省政府|省人民政府|自治区党委|自治区政府|自治区人民政府")
_MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
_REPORT = re.compile(r"政府工作报告|报告政府工作|代表[^，。；]{0,10}(?:政府|国务院|行署)")
_EMPHASIS_BEFORE = re.compile(r"(?:[新全]|平安|法治|美丽|数字|诚信|建设|现代化|壮美|幸福|健康)$")
_EMPHASIS_AFTER = re.compile(r"篇章|实践|人民|法院|高质量|经济社会|[省市]?[委党]|力量|样板|特色")


class _Context:
    """What the rest of the document says, found out when asked for."""

    def __init__(self, draft: Draft, given: Mapping[str, str]) -> None:
        self.draft = draft
        hint = " ".join((*map(str, draft.metadata.values()), draft.title, draft.text[:300], draft.text[-80:]))
        year = re.search(r"(?<!\d)(?:19|20)\d\d(?=[年\-/.])", hint)
        self.year = int(year[0]) if year else None
        stated = given.get("province", "")
        provinces = [p.code[:2] for p in before(stated, len(stated))[1] if p.level == "province"]
        self.within = "".join(provinces)  # code of the province given in the metadata

    @cached_property
    def text(self) -> str:
        return without_media(self.draft.title + "\n" + self.draft.text)

    @cached_property
    def own(self) -> str:
        """The rank a document claims for itself: 市 when 全市 我市 prevail, 国 when 我国 does, else nothing."""
        own = Counter(_OWN.findall(self.text))
        word = max(sorted(own), key=lambda w: own[w], default="")
        nation = len(re.findall(r"我[国國]", self.text))
        if not own[word]:
            nation += len(re.findall(r"中国(?!特色|式|共产|梦)", self.text))
        if nation >= 5 and nation > 2 * own[word]:
            return "国"
        return word if own[word] >= 3 else ""

    @cached_property
    def votes(self) -> tuple[Counter[str], Counter[str]]:
        """Mentions per unit, counted for its parents too; a name called one's own (新吉林) counts triple.

        Counted twice: by what a name usually means, and leaving out names that also mean something else.
        """
        votes: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for _, start, end in mentions(self.text):
            before_it = _EMPHASIS_BEFORE.search(self.text, max(0, start - 3), start)
            weight = 3 if before_it or _EMPHASIS_AFTER.match(self.text, end) else 1
            for count, codes in zip(votes, _voted_for(self.text[start:end], self.year), strict=True):
                for code in codes:
                    count[code] += weight
        return votes


def locate(draft: Draft) -> dict[str, str | None]:
    """Issuing institution and its place; the file name is asked last, so an opaque one costs nothing.

    ``institution institution_type level province prefecture county region_status region_evidence``, None where
    not known. The evidence is ``zone: quote``, with the candidates in brackets when the name is ambiguous and the
    status ``unknown``. National documents have level ``national`` and no province.
    """
    given = stated_place(draft.metadata)
    context = _Context(draft, given)
    issuers = list(find_issuers(draft))
    issuer, place, status = _choose(issuers, context)
    if status == "unknown":
        other, place, status = _fallback(draft, issuers, context)
        issuer = other or issuer
    speaker = _speaker(issuer, place, issuers, draft) if issuer and status != "unknown" else None
    found: dict[str, Any] = dict.fromkeys(_FIELDS)
    found |= {"level": _level(place, speaker or issuer)} | (lineage(place, context.year) if place else {})
    if speaker:
        found["institution_type"] = speaker.kind
        found["institution"] = full_name(place, speaker.kind, speaker.wording)
    evidence = f"{issuer.zone}: {issuer.quote}" if issuer else None
    if issuer and status == "unknown" and issuer.places:
        lines = (lineage(p, context.year) for p in _resolve(issuer, context))
        candidates = sorted({"".join(names.get(level, "") for level in WIDTH) for names in lines})
        evidence = f"{evidence} ({' | '.join(candidates)})"
    return _merged(found, given, {"region_status": status, "region_evidence": evidence})


@cache
def _voted_for(name: str, year: int | None) -> tuple[list[str], list[str]]:
    """Codes of the units a mention counts for: by what the name usually means, and by all it can mean."""
    usual, every = in_force(next(mentions(name))[0], year), in_force(called()[name], year)
    upper = next((p.code[:2] for p in usual if p.level == "province"), "")
    found: tuple[list[str], list[str]] = ([], [])
    for codes, named in zip(found, ([p for p in usual if p.code.startswith(upper)], every), strict=True):
        for width in WIDTH.values():
            units = {p.code[:width] for p in named if WIDTH[p.level] >= width}
            codes += units if len(units) == 1 else ()
    return found


def _resolve(issuer: Issuer, context: _Context) -> tuple[Place, ...]:
    """The places an issuer can mean: one when decided by its rank, the year, the document's other places."""
    rank = rank_of(issuer.wording)
    named = in_force(issuer.places, context.year)
    pool = [p for p in named if p.level == rank] or list(named)
    pool = [p for p in pool if p.code[:2] == context.within] or pool
    if not rank and len({p.level for p in pool}) > 1:
        pool = [p for p in pool if context.own and p.name.endswith(context.own)] or pool
    pool = [p for p in pool if not any(p.lies_in(q) for q in pool)]
    if len(pool) > 1:
        sure = context.votes[1]
        score = {p: sure[p.code[:4]] + sure[p.code[:2]] for p in pool}
        best = max(score.values())
        capitals = [p for p in pool if p.code.endswith("0100")] if any(p.level == "county" for p in pool) else []
        pool = [p for p in pool if score[p] == best] if best else capitals or pool
    return tuple(pool)


def _by_votes(relative: str, context: _Context) -> Place | None:
    """The unit of that rank (省, 市 …) the document speaks of most, if it leads clearly."""
    subordinate = len(_ABOVE.findall(context.text)) > 1  # it speaks of a province above it
    scores: dict[Place, int] = {}
    for code, count in sorted(context.votes[0].items()):
        units = [p for p in unit(code, context.year) if p.name.endswith(relative)]
        above = subordinate and units and units[0].name in _MUNICIPALITIES
        if units and code.startswith(context.within) and not above:
            scores[units[0]] = count
    ranked = sorted(scores, key=lambda p: (-scores[p], WIDTH[p.level], p.code))
    if not ranked or scores[ranked[0]] < 3:
        return None
    first = ranked[0]
    rivals = [p for p in ranked[1:] if not p.lies_in(first)]
    return first if not rivals or scores[first] >= 1.5 * scores[rivals[0]] else None


def _choose(issuers: Sequence[Issuer], context: _Context) -> tuple[Issuer | None, Place | None, str]:
    """The deciding issuer, its place and the status; an undecided one comes back with status unknown."""
    doubtful: Issuer | None = None
    for issuer in issuers:
        stated = "given" if issuer.zone == "metadata" else "explicit"
        if issuer.cited:
            continue
        if issuer.relative == "国":
            if issuer.zone in ("lead", "signature") and context.own not in ("", "国"):
                continue
            return issuer, None, stated
        if issuer.places:
            found = _resolve(issuer, context)
            if len(found) == 1:
                return issuer, found[0], stated
            doubtful = doubtful or issuer
            continue
        for other in issuers:
            ranked = tuple(p for p in other.places if p.name.endswith(issuer.relative))
            found = _resolve(replace(other, places=ranked), context) if ranked else ()
            if len(found) == 1 and (other.kind in ("", issuer.kind) or not other.cited):
                return other, found[0], "explicit"
        if place := _by_votes(issuer.relative, context):
            return issuer, place, "inferred"
    return doubtful, None, "unknown"


def _fallback(draft: Draft, issuers: Sequence[Issuer], context: _Context) -> tuple[Issuer | None, Place | None, str]:
    """The document's words for itself, a full name that opens title or lead, then the file name."""
    if context.own == "国":
        return Issuer("self", "", "", "我国", relative="国"), None, "inferred"
    if context.own and (place := _by_votes(context.own, context)):
        return Issuer("self", "", "", f"全{context.own[-1]}, {short_name(place.name)}"), place, "inferred"
    for issuer in issuers:
        found = _resolve(issuer, context) if issuer.cited and not issuer.kind and issuer.zone == "title" else ()
        if len(found) == 1 and issuer.quote.startswith(found[0].name):
            return issuer, found[0], "inferred"
    for part in reversed(PurePosixPath(draft.source).parts):
        for candidates, _, _ in mentions(part):
            issuer = Issuer("file name", "", "", part[:30], candidates)
            if len(found := _resolve(issuer, context)) == 1:
                return issuer, found[0], "inferred"
    return None, None, "unknown"


def _speaker(issuer: Issuer, place: Place | None, issuers: Sequence[Issuer], draft: Draft) -> Issuer | None:
    """The institution that goes with the place: who reports to a congress, else the first named."""
    first = [issuer] if issuer.kind else []
    same = (
        other for other in chain(first, issuers, issuers_in("body", draft.text[:1000]))
        if other.kind and not (other.cited and other is not issuer)
        and (other.relative == "国") == (issuer.relative == "国")
        and (other is issuer or place is None or other.relative and place.name.endswith(other.relative)
             or any(p.code == place.code for p in other.places))
    )  # fmt: skip
    reports = _REPORT.search(draft.title + without_media(draft.text[:400]))
    if issuer.kind == "congress" or reports and issuer.kind in ("", "government"):
        named = list(same)
        bench = next((other for other in named if other.kind in ("court", "procuratorate")), None)
        if reports and not bench:
            wording = "国务院" if place is None else "人民政府"
            return replace(issuer, kind="government", wording=wording)
        if bench and issuer.kind == "congress":
            return bench
        same = (other for other in named)
    if issuer.zone == "byline":
        order = tuple(KINDS)
        return min(same, key=lambda other: (other.zone != "byline", order.index(other.kind)), default=None)
    return next(same, None)


def _level(place: Place | None, issuer: Issuer | None) -> str | None:
    if place is None:
        return "national" if issuer and issuer.relative == "国" else None
    return "prefecture" if place.level == "province" and issuer and is_middle(issuer.wording) else place.level


def _merged(found: dict[str, Any], given: Mapping[str, str], status: dict[str, str | None]) -> dict[str, Any]:
    """Metadata over inference; what was inferred for another place is dropped."""
    region = {k: given[k] for k in _FIELDS[2:] if k in given}
    if not region:
        return {**found, **given, **status}
    other = [k for k in region if k != "level" and found[k] not in (None, region[k])]
    if other or given.get("level") == "national" != found["level"]:
        found = dict.fromkeys(_FIELDS)
    deepest = next((level for level in reversed(WIDTH) if level in given), None)
    known = {**found, "level": found["level"] or deepest, **given}
    return known | {"region_status": "given", "region_evidence": "metadata: " + " ".join(region.values())}
