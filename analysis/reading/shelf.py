"""Drafts on disk, for more documents than fit into memory."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from analysis.reading.draft import Draft


class Shelf(Sequence[Draft]):
    """A list of drafts that grows at its end and holds none of them: each is read from the file when asked for."""

    def __init__(self, file: Path) -> None:
        self.file, self.starts = file, [0]
        file.touch(exist_ok=False)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, which: Any) -> Any:
        start = self.starts[range(len(self))[which]]  # an IndexError past the end
        with self.file.open("rb") as file:
            file.seek(start)
            return pickle.load(file)

    def __iadd__(self, drafts: Iterable[Draft]) -> Shelf:
        with self.file.open("ab") as file:
            for draft in drafts:
                self.starts.append(self.starts[-1] + file.write(pickle.dumps(draft)))
        return self


class Texts(Sequence[str]):
    """The texts of drafts, each taken from its draft when asked for."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.drafts = drafts

    def __len__(self) -> int:
        return len(self.drafts)

    def __getitem__(self, which: Any) -> Any:
        return self.drafts[which].text
