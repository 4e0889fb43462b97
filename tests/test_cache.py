"""What is kept is whole or not there, mapped into memory, and cleared without harm to anything else."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from analysis import cache
from analysis.__main__ import main


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("TIFA_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_arrays_of_any_lengths_come_back_mapped():
    arrays = {"codes": np.arange(5, dtype=np.int32), "starts": np.zeros(0, dtype=np.int64), "types": ["", "法院"]}
    path = cache.place("tokens", "x")
    cache.write(path, cache.pack(arrays, {"n": 1}))
    back, said = cache.unpack(cache.read(path))
    assert said == {"n": 1} and list(back) == list(arrays)
    assert back["codes"].tolist() == [0, 1, 2, 3, 4] and back["codes"].dtype == np.int32
    assert back["starts"].shape == (0,) and back["starts"].dtype == np.int64
    assert back["types"].tolist() == ["", "法院"] and back["types"].dtype == object
    with pytest.raises(ValueError, match="read-only"):
        back["codes"][0] = 1
    before = pa.total_allocated_bytes()
    big = cache.write(path, cache.pack({"codes": np.zeros(1_000_000, dtype=np.int32)}))
    assert cache.unpack(big)[0]["codes"].nbytes == 4_000_000
    assert pa.total_allocated_bytes() - before < 100_000


def test_strings_may_be_none_at_all():
    back, _ = cache.unpack(cache.pack({"keys": []}))
    assert back["keys"].tolist() == []


def test_what_is_missing_or_damaged_is_not_there(folder):
    path = cache.place("studies", "x")
    assert cache.read(path) is None
    cache.write(path, cache.pack({"a": np.arange(1000)}))
    path.write_bytes(path.read_bytes()[:500])
    assert cache.read(path) is None
    path.write_bytes(b"")
    assert cache.read(path) is None


def test_a_write_that_fails_leaves_what_was_there(monkeypatch):
    path = cache.place("studies", "x")
    cache.write(path, cache.pack({"a": np.arange(3)}))
    monkeypatch.setattr(cache.os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        cache.write(path, cache.pack({"a": np.arange(9)}))
    assert len(cache.unpack(cache.read(path))[0]["a"]) == 3
    assert [file.name for file in path.parent.iterdir()] == ["x.arrow"]


def test_digests_tell_where_a_part_ends():
    assert cache.digest("ab", "c") != cache.digest("a", "bc") != cache.digest("abc")
    assert cache.digest("法") == cache.digest("法".encode())


def test_code_and_versions_are_in_a_source_digest():
    one = cache.source_digest(["tokens.py"])
    assert one == cache.source_digest(["tokens.py"]) != cache.source_digest(["dfm.py"])
    assert one != cache.source_digest(["tokens.py"], ["numpy"]) != cache.source_digest(["tokens.py"], ["no-such-thing"])


def test_the_command_says_where_and_how_much_and_clears_only_its_own(folder, capsys):
    cache.write(cache.place("tokens", "recipe/x"), cache.pack({"a": np.arange(500_000)}))
    (folder / "mine.txt").write_text("kept")
    assert main(["cache"]) == 0
    said = capsys.readouterr().out
    assert str(folder) in said and "--clear" in said
    lines = {line.split()[0]: line.split()[1:] for line in said.splitlines()[1:]}
    assert lines["tokens"] == ["1", "files", "4.0", "MB", "last", "used", str(datetime.date.today())]
    assert lines["other"][0] == "1"
    assert main(["cache", "--clear"]) == 0
    assert cache.usage()["tokens"] == (0, 0, 0)
    assert [file.name for file in folder.iterdir()] == ["mine.txt"]


def test_what_was_computed_is_remembered_by_its_key():
    asked: list[list[int]] = []

    def compute(new: list[int]):
        asked.append(new)
        return ({"number": k} for k in new)

    first = list(cache.remembered("code", ["a", "b", "c"], compute))
    assert first == [{"number": k} for k in range(3)]
    again = list(cache.remembered("code", ["c", "x", "a", "y"], compute))
    assert again == [{"number": 2}, {"number": 1}, {"number": 0}, {"number": 3}]
    assert list(cache.remembered("other code", ["a"], compute)) == [{"number": 0}]
    assert asked == [[0, 1, 2], [1, 3], [0]]


def test_what_was_computed_before_a_failure_is_remembered():
    def compute(new: list[int]):
        for k in new:
            if k == 120:
                raise KeyboardInterrupt
            yield k

    keys = [str(k) for k in range(150)]
    with pytest.raises(KeyboardInterrupt):
        list(cache.remembered("code", keys, compute))
    kept: list[int] = []
    list(cache.remembered("code", keys, lambda new: iter(kept.extend(new) or new)))
    assert kept == list(range(100, 150))
