"""Bytes to text: which encoding, by how much, and never a silent replacement."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from itertools import accumulate, islice

# The 520 most frequent characters of official documents, most frequent traditional forms, CJK punctuation.
_SIMPLIFIED = (
    "一七万三上下不与专世业东两严个中为主举义之九也习乡了争事二于互五些交产人亿今从他代以们件价任企众优会传位低住体作使例"
    "供依促保信修值做健元充先党入全八公六共关兴其具养内军农决况准减出分切划列则创利别到制前力办功加务动助努励劳势化北区医"
    "十千升协单南卫历原去县参及反发取受变口可台各合同后向员命和品商善四因团园困围固国土在地场均坚型城域培基境增处备复外多"
    "大天央好委子字存学安完定实审家对导将小少就局层居届展山工已市布带常干平年并广序应府度康建开式引强当形彻律得心必志快态"
    "思性总情想意成我或战户房所才打执扩批承技把抓投护报拓持指按挥据排接控推措提支收改攻放政效教数整文斗料断新方施旅族无日"
    "时明易是显普智更最有服期未本术机权村条来极构林果染查标校核根格案模次款正步比民气水求江污河治法活流济海消深清港游源灾"
    "点然照物特率环现理生用由电界略疗百的益监目相省真着督研破础确碳示社神种科积程税稳究空突立第等策筹算管类粮精系素紧约级"
    "线组织经结给统继续维综绿网置美群老者而职联育能自色节范药营落融行补表装西要观规视解计认让议设证识试调负财责质贯贸费资"
    "起超路车转较达过运近还这进违适通速造道部都配采里重量金铁链镇长门问间防际降院险障难集需面革项须预领题额风食首验高"
)
_TRADITIONAL = (
    "業專東兩嚴個豐臨為義習鄉爭產億從們價眾優會傳體準減創別動勵勞勢區醫協單歷縣參發變號後員團園圍國場堅處備復學實審對導將"
    "屆層幹應廣張強當徹態總戰戶擇執擴擔據數斷時顯書機權條來極構檢標樣歸沒況滿濟災無熱營環現畫療監盡確礎礦稅種積穩節範築簡"
    "糧紀約紅級細終組結給統經綠維網緊線練績織繼續聯職與興舉補裝製視規覺觀計訓記許設訴試話該認語說調談請論證識議護讓負財貢"
    "責貧貨貫買貿費資質軍較載輕轉農辦運過達違遠適選還邊鋼錢鎮鐵鏈長門開間關際隊階隨險難電靈項順須領頭題額類願風飛馬驗點黨"
    "齊龍這樣麼裡臺灣嗎著"
)
_PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·％．－　０１２３４５６７８９"
COMMON = frozenset(_SIMPLIFIED + _TRADITIONAL + _PUNCTUATION)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_ENOUGH = 0.4
_RUN = 20
_STRAY = re.compile(
    r"(?<=[^\x00-\x7f])[@\[-~](?=[^\x00-\x7f])|"
    r"(?<=[\u3400-\u9fff])[A-Z](?=[\u3400-\u9fff])(?![級级類类型股座區区線线照證证])"
)
_SAMPLE = 100_000
_REMEDY = "get the file again, or open it in an editor and save it as UTF-8"


class Unreadable(Exception):
    """What is wrong with a file and what to do about it; becomes a line of the report."""


@dataclass(frozen=True)
class Decoded:
    """Text, the encoding it was in with the evidence for it, and what had to be left out."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode bytes of unknown encoding.

    The order is: byte order mark; strict UTF-8; else the candidate (GB18030, Big5-HKSCS, UTF-16 of either
    order) whose text has the largest share of common Chinese characters.  A last character cut off by the
    end of the file is dropped and said so; any other damage is refused.  A lost byte can leave bytes that are
    valid: where the text after it makes no sense, or one stray letter is left, a note says so.

    Raises
    ------
    Unreadable
        If the bytes are damaged, binary, or in no encoding known here.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _marked(data, encoding)
    utf8 = _decoded(data, "utf-8", "utf-8")
    return utf8 if utf8 and not _controls(utf8.text) else _best(data)


def commonness(text: str) -> float:
    """Share of common Chinese characters among the characters of a text that are not plain ASCII (0–1)."""
    telling = _telling(text[:_SAMPLE])
    return sum(c in COMMON for _, c in telling) / len(telling) if telling else float(bool(text.strip()))


def _telling(text: str) -> list[tuple[int, str]]:
    return [(i, c) for i, c in enumerate(text) if (c > "~" or c < " ") and c not in "\t\n\r\f"]


def _checked(found: Decoded, encoding: str = "") -> Decoded:
    """Note where the text looks as it does after a lost byte.

    There 20 characters in a row hold two common ones at most.  Where second bytes may be ASCII (Big5, Traditional
    text in GB18030) it falls in step again after a character or two, and the ASCII byte that ended it stands
    alone between Chinese characters: a small letter or mark, or a capital that is no 股 or 类.
    """
    telling = _telling(found.text)
    sums = list(accumulate((c in COMMON for _, c in telling), initial=0))
    rare = (i for i, (a, b) in enumerate(zip(sums, sums[_RUN:], strict=False)) if b - a <= _RUN // 10)
    places = [telling[i][0] for i in islice(rare, 1)]
    if _falls_in_step(encoding, telling):
        places += [stray.start() for stray in islice(_STRAY.finditer(found.text), 1)]
    note = f"perhaps damaged at character {min(places) + 1 if places else 0}; {_REMEDY}"
    return replace(found, notes=(*found.notes, note)) if places else found


def _falls_in_step(encoding: str, telling: list[tuple[int, str]]) -> bool:
    """Whether the second byte of one character in ten, of two bytes, is ASCII."""
    if encoding not in ("gb18030", "big5hkscs"):
        return False
    pairs = [pair for _, c in telling[:2000] if len(pair := c.encode(encoding)) == 2]
    return sum(pair[1] < 0x7F for pair in pairs) * 10 > len(pairs)


def _marked(data: bytes, encoding: str) -> Decoded:
    found = _decoded(data, encoding, f"{encoding} (byte order mark)")
    if found is None or (encoding != "utf-8-sig" and commonness(found.text) < _ENOUGH):
        raise Unreadable(f"damaged: the byte order mark says {encoding}, the bytes are not; {_REMEDY}")
    found = replace(found, text=found.text.removeprefix("\ufeff"))
    return found if encoding == "utf-8-sig" else _checked(found)


def _best(data: bytes) -> Decoded:
    tried = [found for name in _CANDIDATES if (found := _decoded(data, name, name))]
    scored = sorted(((commonness(found.text), found.encoding, found) for found in tried), key=lambda s: s[:2])
    if not scored or scored[-1][0] < _ENOUGH:
        raise Unreadable(_complaint(data))
    score, name, found = scored.pop()
    rest = f"; next {scored[-1][1]} {scored[-1][0]:.2f}" if scored else ""
    return _checked(replace(found, encoding=f"{name} ({score:.2f}{rest})"), name)


def _decoded(data: bytes, encoding: str, label: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), label)
    except UnicodeDecodeError as error:
        cut = len(data) - error.start
        if cut > 3 or error.end < len(data) or not error.start:
            return None
        whole = _decoded(data[: error.start], encoding, label)
        return whole and replace(whole, notes=(f"last character cut off ({cut} bytes dropped)",))


def _controls(text: str) -> bool:
    return any(c < " " and c not in "\t\n\r\f\v\x1a\x1b" for c in text)


def _complaint(data: bytes) -> str:
    if data.count(0) * 10 > len(data) or _controls(data[:4096].decode("latin-1")):
        return "binary data, not text; give the file the ending of its real format"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        rest = data.decode("utf-8", "ignore")
        if not rest.isascii() and commonness(rest) > _ENOUGH:
            return f"damaged UTF-8: byte {error.start + 1} of {len(data)} is not valid; {_REMEDY}"
    return f"damaged, or in no encoding known here (UTF-8, UTF-16, GB18030, Big5); {_REMEDY}"
