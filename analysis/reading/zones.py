"""Where a document says who it is from and when: title, head, lead and signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

NUMBER = re.compile(r"^\W{0,2}([一-鿿]{1,12})[〔\[（(［【]((?:19|20)\d\d)[〕\]）)］】]\s*第?\s*\d+\s*号\W{0,2}$", re.M)
_SALUTATION = re.compile(r"^.{0,3}位?(?:代表|委员|主任|同志)[^。\n]{0,8}?[:：！!，,]", re.M)
_ARTICLE = re.compile(r"^\s*(?:第一[章条]|总\s*则|目\s*录)", re.M)
_REPORT = re.compile(r"政府工作报告|(?:报告|作)(?:政府)?工作")


@dataclass(frozen=True)
class Zones:
    """The parts of a document that say who and when."""

    title: str
    text: str

    @cached_property
    def salutation(self) -> tuple[int, int]:
        """Where 各位代表： begins and ends; -1 and 0 where no one is addressed."""
        found = _SALUTATION.search(self.text, 0, 1500)
        return found.span() if found else (-1, 0)

    @cached_property
    def head(self) -> str:
        """What stands above the salutation, or above the first article, or the short lines at the top."""
        if self.salutation[0] >= 0:
            return self.text[: self.salutation[0]]
        if article := _ARTICLE.search(self.text, 0, 3000):
            return self.text[: article.start()]
        lines = self.text[:600].split("\n")
        prose = next((n for n, line in enumerate(lines) if len(line) > 60 or "。" in line), len(lines))
        return "\n".join(lines[:prose])

    @cached_property
    def lead(self) -> str:
        """The first three sentences below the head."""
        body = self.text[max(len(self.head), self.salutation[1]) :].lstrip()
        return "。".join(body[:300].split("。")[:3])

    @cached_property
    def signature(self) -> str:
        """What follows the last full stop of the closing lines."""
        ends = [line.rsplit("。", 1)[-1].strip() for line in self.text[-300:].split("\n")[-8:]]
        return "\n".join(end for end in ends if len(end) <= 60)

    @cached_property
    def is_report(self) -> bool:
        return bool(_REPORT.search(self.title + self.text[: max(self.salutation[0], 0) + 300]))

    @cached_property
    def opening(self) -> str:
        """The first paragraphs of a report to a congress; nothing in other documents."""
        start = self.salutation[0]
        return self.text[start : start + 400] if start >= 0 and self.is_report else ""
