"""Lines that belong to the page and not to the document: source lines, editors, buttons, licences."""

from __future__ import annotations

import re
from collections import Counter

from analysis.reading.draft import Removed

_LABELS = (
    r"(?:(?:信息|文章|稿件)?来源|稿源|(?:发布|发表|更新|发文)?时间|(?:发布)?日期|作者|记者|通讯员|(?:责任|网络)?编辑|责编|审核|校对|"
    r"(?:浏览|点击|阅读)(?:次数|量|数)?|访问量|字体|字号|分享到?|发布机构|信息提供)"
)
_LABEL_ENDS = re.compile(r"[源间期者员辑编核对数览击读量体号享到构供]\s*[:：]")
_FIELD = re.compile(
    rf"[【\[（(]?\s*({_LABELS})\s*[:：]\s*([^【】\[\]：:]*?(?:\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?)?)"
    rf"\s*[】\]）)]?\s*(?=[|｜【\[（(]|{_LABELS}\s*[:：]|$)"
)
_STAMP = re.compile(
    r"^[【\[（(]?(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:[ T\u3000]*\d{1,2}[:：时]\d{1,2}分?(?:[:：]\d{1,2})?秒?)?)[】\]）)]?(?=$|\s)"
)
_SITE_DATE = re.compile(r"\d[:：时]\d|^[【\[（(]?\d{4}[-/.]")
_KINDS = {
    "editor": (
        r"[\[【（(]?\s*(?:(?:责任|网络|值班)?编辑|责编|编审|审核|校对|监制|终审)\s*[:：丨|/]"
        r"[\u4e00-\u9fffA-Za-z·、 \u3000]{0,20}[\]】）)]?|[初复一二三]审\s*[:：丨|/]\s*[\u4e00-\u9fff]{2,4}|"
        r"(?:责任编辑|责编)[ \u3000]+[\u4e00-\u9fff]{2,4}"
    ),
    "tag list": r"(?:标签|关键词|关键字|tags?|categories)\s*[:：].{0,60}",
    "breadcrumb": r"您?的?(?:现在|当前)?的?(?:所在)?位置\s*[:：].*|首页(?:\s*[>＞»/]\s*[^>＞»。]{1,20})+",
    "button": (
        r"扫一扫.{0,20}|扫码分享|复制链接|用微信扫.{0,20}|分享(?:[到至][:：]?|[:：]).{0,12}|"
        r"[【\[]?\s*(?:打印|关闭|收藏|下载|分享|全屏|纠错|大|中|小|加大|还原|减小|返回顶部|我要纠错|打印本页|关闭窗口|"
        r"关闭本页|打印关闭.{0,8}|微信|微博|QQ空间|首页|繁体版?|无障碍)\s*[】\]]?|[【】\[\]>＞»|]|"
        r"[【\[]?\s*字[体号]\s*(?:[:：].{0,16}|大小)?|[\[【]\s*大\s+中\s+小\s*[】\]]|"
        r"[上下]一[篇条页](?:[:：].{0,60})?|查看原文|阅读原文|点击查看.{0,20}"
    ),
    "database header": r"【法宝引证码】.*|原文链接\s*[:：].*|https?://\S+",
    "page number": (
        r"[—–―-]+\s*\d{1,4}\s*[—–―-]*|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
    ),
    "update stamp": r"[（(]更新时间戳.{0,30}",
    "rule": r"(?:[-*_=]\s*){3,}",
}  # fmt: skip
_LINE = re.compile("|".join(f"({pattern})$" for pattern in _KINDS.values()), re.IGNORECASE)
_CRUMBS = re.compile(
    r"^您?的?(?:现在|当前)?的?(?:所在)?位置\s*[:：]\s*(?:\n[^\n]{1,12}\n[>＞»])+\n[^\n]{1,15}$", re.MULTILINE
)
_LICENCE = re.compile(r"^(?:本作品(?:是|采用).{0,40}|CC[ -]BY.{0,30}|Public domain)$", re.IGNORECASE | re.MULTILINE)
_RELATED = re.compile(
    r"^(?:相关(?:报道|链接|阅读|新闻|文章|稿件|附件)|延伸阅读|推荐阅读|热点推荐)\s*[:：>＞]*$", re.MULTILINE
)
_FOOT = re.compile(r"ICP备|公网安备|网站标识码|版权所有|版权声明|Copyright|网站地图", re.IGNORECASE)
_CONTACT = re.compile(r"(?:主办|承办|技术支持|联系|地址|邮编|电话)")
_PRESS = re.compile(r"^《 ?(人民日报|[\u4e00-\u9fff]{2,8}报) ?》[（(] ?(\d{4}年\d{2}月\d{2}日) ?\d* ?版?[）)]$")


def strip_furniture(text: str) -> tuple[str, dict[str, str], Removed]:
    """Take the page's own lines away: the text, ``origin published author`` as they said, the lines by kind."""
    removed: Removed = Counter()
    text = _tails(text, removed)
    if "位置" in text:
        removed.update(("breadcrumb", crumbs[0]) for crumbs in _CRUMBS.finditer(text))
        text = _CRUMBS.sub("", text)
    fields: dict[str, str] = {}
    kept: list[str] = []
    waiting = ""
    for line in text.split("\n"):
        if not (bare := line.strip()):
            kept.append(line)
            continue
        found = _fields(bare)
        if waiting and not found and len(bare) <= 20:
            found = {waiting: bare}
        waiting = ""
        line_of = _LINE.match(bare)
        kind = list(_KINDS)[(line_of.lastindex or 1) - 1] if line_of else "source line" if found else ""
        if found:
            waiting = next((name for name, value in found.items() if not value), "")
            fields = {name: value for name, value in found.items() if value} | fields
        if kind:
            removed[kind, bare] += 1
        else:
            kept.append(line)
    fields.pop("page", None)
    return "\n".join(kept), fields, removed


_VALUES = {"published": r".*\d{4}.{0,30}$", "author": r"[\u4e00-\u9fffA-Za-z·、 \u3000]{2,20}$"}
_NAMES = {
    "来源": "origin", "稿源": "origin", "时间": "published", "日期": "published", "作者": "author",
    "记者": "author",
}  # fmt: skip


def _fields(line: str) -> dict[str, str]:
    """The label: value pairs of a source line; empty when the line is anything else."""
    if len(line) > 150 or "。" in line:
        return {}
    if match := _PRESS.match(line):
        return {"origin": match[1], "published": match[2]}
    found: dict[str, str] = {}
    rest = line
    if (stamp := _STAMP.match(line)) and _SITE_DATE.search(stamp[0]):
        found["published"] = stamp[1]
        rest = line[stamp.end() :]
    if not found and not _LABEL_ENDS.search(line):
        return {}
    pairs = _FIELD.findall(rest)
    if len(re.sub(r"[\s|｜【】\[\]（）()]+", "", _FIELD.sub("", rest))) > 2:
        return {}
    for label, value in pairs:
        name = next((name for key, name in _NAMES.items() if label.endswith(key)), "page")
        if value and not re.match(_VALUES.get(name, r"[^，。？！；]{0,30}$"), value.strip()):
            return {}
        found.setdefault(name, value.strip())
    return found


def _tails(text: str, removed: Removed) -> str:
    """Cut the licence, the list of related articles and the site's footer that follow a document."""
    for kind, pattern in (("licence", _LICENCE), ("related links", _RELATED)):
        match = pattern.search(text, len(text) // 2)
        if match and (kind == "licence" or _is_list(text[match.end() :])):
            removed[kind, text[match.start() :].strip()] += 1
            text = text[: match.start()]
    lines = text.rstrip().split("\n")
    last = range(max(0, len(lines) - 25), len(lines))
    end = next((i for i in last if _FOOT.search(lines[i]) and len(lines[i]) < 120), len(lines))
    if end == len(lines) or not _is_list("\n".join(lines[end:])):
        return text
    while end and _CONTACT.match(lines[end - 1].strip()):
        end -= 1
    removed["footer", "\n".join(lines[end:])] += 1
    return "\n".join(lines[:end])


def _is_list(tail: str) -> bool:
    return not any("。" in line and len(line) > 60 for line in tail.split("\n"))
