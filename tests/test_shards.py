"""A sharded corpus gives the tables of one in memory to the last bit, whoever computes them and whoever dies."""

from __future__ import annotations

import os
import pickle
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis as da
from analysis.shards import counts as blocks
from analysis.shards.running import spread
from analysis.shards.tasks import Part

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"


@pytest.fixture(scope="module")
def lexicon() -> da.Lexicon:
    return da.load_lexicon()


@pytest.fixture(scope="module")
def corpus(lexicon) -> da.Corpus:
    return da.read_corpus(SAMPLE, lexicon=lexicon)


@pytest.fixture(scope="module")
def shards(corpus, tmp_path_factory) -> da.Shards:
    return da.write_shards(corpus, tmp_path_factory.mktemp("shards"), shard_chars=12_000)


@pytest.fixture(scope="module")
def dfm(corpus, lexicon) -> da.Dfm:
    return da.dfm(da.tokenize(corpus, lexicon))


@pytest.fixture(scope="module")
def sharded(shards, lexicon) -> blocks.ShardedDfm:
    return da.dfm(da.tokenize(shards, lexicon))


@pytest.fixture
def small_blocks(monkeypatch) -> None:
    monkeypatch.setattr(blocks.ShardedDfm.over_blocks, "__kwdefaults__", {"width": 700})


def same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, wanted, check_exact=True)
    assert found.attrs == wanted.attrs


def same_counts(found: da.Dfm, wanted: da.Dfm) -> None:
    assert (found.counts != wanted.counts).nnz == 0
    assert found.features.tolist() == wanted.features.tolist()
    assert found.totals.tolist() == wanted.totals.tolist()
    assert found.recipe == wanted.recipe
    pd.testing.assert_frame_equal(found.docvars, wanted.docvars)


def test_a_parquet_dataset_of_the_same_documents_written_or_read_into_it(corpus, shards, tmp_path):
    read = da.read_corpus(SAMPLE, shards=tmp_path / "shards", shard_chars=12_000)
    assert [path.name for path in tmp_path.iterdir()] == ["shards"]
    for made in (shards, read):
        same(made.docs, corpus.docs.drop(columns="text"))
        pd.testing.assert_frame_equal(pd.read_parquet(made.folder), corpus.docs)
        parts = [Part(made.folder, part, made.recipe).corpus().docs for part in made.parts]
        pd.testing.assert_frame_equal(pd.concat(parts), corpus.docs)
        assert max(part["n_chars"].sum() for part in parts) < 12_000 + corpus.docs["n_chars"].max()
        pd.testing.assert_frame_equal(made.removals, corpus.removals)
        assert made.report.astype(str).values.tolist() == corpus.report.astype(str).values.tolist()
        assert made.recipe == corpus.recipe
        assert da.open_shards(made.folder).digest == made.digest


def test_the_same_counts(sharded, dfm):
    same_counts(sharded.whole(), dfm)
    smaller = dfm.trim(min_docfreq=3, min_count=4).remove(["的", "nothing"]).select(["法院", "工作", "服务", "的"])
    parts = sharded.trim(min_docfreq=3, min_count=4).remove(["的", "nothing"]).select(["法院", "工作", "服务", "的"])
    same_counts(parts.whole(), smaller)
    same_counts(sharded.group(["region", "year"]), dfm.group(["region", "year"]))


@pytest.mark.parametrize("by", [None, "region", ["macro_region", "year"]])
@pytest.mark.usefixtures("small_blocks")
def test_the_same_group_tables(sharded, dfm, by):
    same(da.frequency(sharded, by), da.frequency(dfm, by))
    same(da.dispersion(sharded, by), da.dispersion(dfm, by))
    same(da.tfidf(sharded, by), da.tfidf(dfm, by))


@pytest.mark.parametrize("options", [{}, {"strata": "year"}, {"unit": "province", "strata": None}])
def test_the_same_keyness(sharded, dfm, options, monkeypatch):
    monkeypatch.setattr("analysis.shards.stages.FEATURES", 500)
    target = "macro_region == '西部'"
    wanted = da.keyness(dfm.trim(min_docfreq=2), target, resamples=999, **options)
    same(da.keyness(sharded.trim(min_docfreq=2), target, resamples=999, **options), wanted)
    assert len(wanted) > 500


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_any_blocks_give_the_same_intervals(sharded, dfm, cuts):
    columns = np.arange(0, len(dfm.features), 7)
    parts = np.split(columns, np.unique(np.minimum(np.cumsum(cuts), len(columns))))
    tables = [da.frequency(sharded.take_features(part, ()).whole(), "region") for part in parts]
    found = blocks.joined(tables).sort_values(["region", "feature"], ignore_index=True)
    wanted = da.frequency(dfm.select(dfm.features[columns].tolist()), "region")
    wanted = wanted.sort_values(["region", "feature"], ignore_index=True)
    pd.testing.assert_frame_equal(found.drop(columns="rank"), wanted.drop(columns="rank"), check_exact=True)


@pytest.mark.parametrize("context", ["sentence", "paragraph", "document", 300])
def test_the_same_slogans_and_company(corpus, shards, lexicon, context):
    occ, found = da.slogans(corpus, lexicon), da.slogans(shards, lexicon)
    same(found, occ)
    same(da.cooccurrence(found, shards, context=context), da.cooccurrence(occ, corpus, context=context))
    same(da.cooccurrence(found, shards, by="region"), da.cooccurrence(occ, corpus, by="region"))
    same(da.adoption(found, shards, by="region"), da.adoption(occ, corpus, by="region"))
    same(da.kwic(shards, lexicon, width=3), da.kwic(corpus, lexicon, width=3))


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_topics_depend_on_the_documents_and_not_on_the_shards(corpus, lexicon, sharded, tmp_path, method, monkeypatch):
    monkeypatch.setattr("analysis.shards.topics.BATCH", 10)
    other = da.dfm(da.tokenize(da.write_shards(corpus, tmp_path / "shards", shard_chars=30_000), lexicon))
    models = [da.topics(counts.trim(min_docfreq=5), 4, method=method) for counts in (sharded, other)]
    same(*(model.doc_topic for model in models))
    same(*(model.topic_feature for model in models))
    assert np.allclose(models[0].doc_topic.sum(axis=1), 1)
    assert models[0].doc_topic.index.tolist() == corpus.docs.index.tolist()
    with pytest.raises(ValueError, match="No method 'gibbs' for a sharded corpus"):
        da.topics(sharded, 4, method="gibbs")


@pytest.mark.parametrize("method", ["nmf", "lda"])
def test_online_topics_tell_two_vocabularies_apart_also_where_one_is_rare(tmp_path, method):
    words = (["审判", "执行", "诉讼"], ["检察", "公诉", "侦查"])
    rng = np.random.default_rng(0)
    sides = np.repeat([0, 1], [54, 6])
    texts = ["，".join(rng.choice(words[n], 60)) for n in sides] + ["，".join(rng.permutation(sum(words, []) * 10))]
    corpus = da.make_corpus(pd.DataFrame({"doc_id": [f"d{n:02}" for n in range(61)], "text": texts}))
    model = da.topics(da.dfm(da.tokenize(da.write_shards(corpus, tmp_path, shard_chars=500))), 2, method=method)
    *shares, half = model.doc_topic.to_numpy()
    found = np.argmax(shares, axis=1)
    assert len(set(found[sides == 0])) == len(set(found[sides == 1])) == 1 and found[0] != found[-1]
    assert half.max() < {"lda": 0.6, "nmf": 0.9}[method]  # both in equal parts; to NMF the rarer words weigh more


@pytest.mark.slow
def test_the_regulations_in_shards_give_the_same_tables(shared, lexicon, tmp_path):
    corpus = da.read_corpus(shared / "corpora" / "local_regulations", lexicon=lexicon)
    shards = da.write_shards(corpus, tmp_path, shard_chars=1_000_000)
    dfm, counts = (da.dfm(da.tokenize(documents, lexicon)).trim(min_docfreq=20) for documents in (corpus, shards))
    same_counts(counts.whole(), dfm)
    same(da.frequency(counts, "region"), da.frequency(dfm, "region"))
    target = "region == '山东'"
    same(da.keyness(counts, target, resamples=999), da.keyness(dfm, target, resamples=999))
    same(da.slogans(shards, lexicon), da.slogans(corpus, lexicon))


def test_an_empty_table_says_why(tiny_corpus, tmp_path, lexicon):
    bare = da.make_corpus(tiny_corpus.docs.assign(text="今天下雨。", province=None, level=None))
    shards = da.write_shards(bare, tmp_path / "shards", shard_chars=4)
    assert len(shards.parts) == 4
    same(da.slogans(shards, lexicon), da.slogans(bare, lexicon))
    same(da.kwic(shards, "法院"), da.kwic(bare, "法院"))
    same(da.kwic(shards, "雨"), da.kwic(bare, "雨"))
    counted, dfm = da.dfm(da.tokenize(shards)), da.dfm(da.tokenize(bare))
    same(da.frequency(counted, "region"), da.frequency(dfm, "region"))
    same(da.frequency(counted.select("没有")), da.frequency(dfm.select("没有")))
    target = "doc_id == '吉林2019'"
    same(da.keyness(counted.select("没有"), target), da.keyness(dfm.select("没有"), target))


def test_cores_are_used_within_a_part(shards, sharded, dfm, lexicon, tmp_path, corpus, monkeypatch):
    from analysis import tokens

    monkeypatch.setattr(tokens, "STRETCH", 1000)
    asked, spread_over = [], tokens.spread
    monkeypatch.setattr(
        tokens, "spread", lambda *a, n_jobs, **k: asked.append(n_jobs) or spread_over(*a, n_jobs=n_jobs, **k)
    )
    other = da.write_shards(corpus, tmp_path, shard_chars=30_000)
    same_counts(da.dfm(da.tokenize(other, lexicon, n_jobs=2)).whole(), dfm)
    assert set(asked) == {2}
    target, few = "macro_region == '西部'", {"resamples": 99, "n_jobs": 2}
    same(da.keyness(sharded.trim(min_docfreq=5), target, **few), da.keyness(dfm.trim(min_docfreq=5), target, **few))


def test_what_takes_no_shards_says_what_to_do(corpus, shards, sharded, lexicon):
    tokens = da.tokenize(shards, lexicon)
    same(da.separating(da.slogans(shards, lexicon), shards), da.separating(da.slogans(corpus, lexicon), corpus))
    for call, said in (
        (lambda: da.discover(shards, lexicon), r"discover takes no sharded documents; .*: shards.whole\(\) or"),
        (lambda: da.write_metadata(corpus=shards), "write_metadata takes no sharded documents"),
        (lambda: da.trend(sharded), r"trend takes no sharded counts; .*: dfm.whole\(\)"),
        (lambda: da.cooccurrence(tokens, shards), "cooccurrence takes no sharded tokens; give it sharded documents"),
        (lambda: da.frequency(tokens), "frequency takes no sharded tokens; give it sharded counts"),
        (lambda: da.topics(sharded, 3, draws=2), r"topics of sharded counts: .*'draws'; .*dfm.whole\(\)"),
    ):
        with pytest.raises(TypeError, match=said):
            call()
    for noun, called in ((sharded, "counts"), (tokens, "tokens"), (shards, "documents")):
        with pytest.raises(AttributeError, match=rf"Sharded {called} have no 'to_frame'; .*in memory: .*whole\(\)"):
            noun.to_frame()


def test_documents_come_into_memory(corpus, shards):
    pd.testing.assert_frame_equal(shards.whole().docs, corpus.docs)
    found, wanted = (documents.subset("region == '吉林' and year > 2019") for documents in (shards, corpus))
    pd.testing.assert_frame_equal(found.docs, wanted.docs)
    assert 0 < len(found) < len(corpus) and found.recipe == wanted.recipe
    with pytest.raises(ValueError, match="No document satisfies"):
        shards.subset("year > 3000")


def test_a_folder_in_use_or_without_a_corpus(tiny_corpus, tmp_path):
    (tmp_path / "letter.txt").write_text("不可覆盖", encoding="utf-8")
    with pytest.raises(ValueError, match=r"is not empty; name a new folder\."):
        da.write_shards(tiny_corpus, tmp_path)
    with pytest.raises(ValueError, match="shard_chars=0 is no length"):
        da.write_shards(tiny_corpus, tmp_path / "new", shard_chars=0)
    with pytest.raises(FileNotFoundError, match="holds no sharded corpus"):
        da.open_shards(tmp_path)
    written = da.write_shards(tiny_corpus, tmp_path / "new").folder
    with pytest.raises(ValueError, match=r"or open it with open_shards\(\)"):
        da.write_shards(tiny_corpus, written)
    for function in (da.read_corpus, da.load_corpus, da.open_study):
        with pytest.raises((ValueError, FileNotFoundError), match=r"sharded.*open_shards\("):
            function(written)


def test_a_write_that_is_broken_off_leaves_nothing_and_a_second_writer_is_told(tiny_corpus, tmp_path):
    def texts():
        yield tiny_corpus.docs["text"].iloc[0]
        with pytest.raises(ValueError, match="unless another process writes it, it was not finished"):
            da.write_shards(tiny_corpus, tmp_path)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        da.write_shards(tiny_corpus, tmp_path, texts=texts(), shard_chars=5)
    assert not list(tmp_path.iterdir())
    assert len(da.write_shards(tiny_corpus, tmp_path)) == len(tiny_corpus)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 255
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("file", "harm", "said"),
    [
        ("part-00001.parquet", Path.unlink, r"part-00001.parquet is not what .*No such file"),
        ("part-00001.parquet", lambda path: path.write_bytes(path.read_bytes()[:999]), "is not what .*footer"),
        ("part-00001.parquet", lambda path: pd.read_parquet(path)[:0].to_parquet(path), "0 documents of 1, without"),
        ("part-00001.parquet", lambda path: pd.read_parquet(path).drop(columns="year").to_parquet(path), "'year'"),
        ("part-00001.parquet", _flip, "its SHA-256 is another"),
        ("_corpus.json", lambda path: path.write_bytes(path.read_bytes()[:99]), "_corpus.json is damaged"),
        ("_corpus.json", lambda path: path.write_text("{}"), "_corpus.json is damaged .*'parts'"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_named_with_the_remedy(tiny_corpus, tmp_path, lexicon, file, harm, said):
    harm(da.write_shards(tiny_corpus, tmp_path, shard_chars=5).folder / file)
    with pytest.raises(ValueError, match=rf"{said}.*; put back what was written, or write the corpus into a new"):
        da.slogans(da.open_shards(tmp_path), lexicon)


def test_no_documents_give_the_empty_tables_of_none(tmp_path, lexicon):
    none = da.make_corpus(pd.DataFrame({"text": pd.Series([], dtype="str")}))
    shards = da.write_shards(none, tmp_path)
    same(da.slogans(shards, lexicon), da.slogans(none, lexicon))
    same(da.kwic(shards, "法院"), da.kwic(none, "法院"))
    counted, dfm = da.dfm(da.tokenize(shards, n_jobs=4)), da.dfm(da.tokenize(none))
    for measure in (da.frequency, da.dispersion, da.tfidf):
        same(measure(counted), measure(dfm))


def test_public_functions_can_be_sent_to_workers():
    for name in ("tokenize", "dfm", "slogans", "frequency", "keyness"):
        assert pickle.loads(pickle.dumps(getattr(da, name))) is getattr(da, name)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster


def _die_once(item: Path, *, marker: Path) -> int:
    """Take its worker with it, the first time."""
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return os.getpid()
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_two_workers_and_a_killed_one_change_nothing(cluster, corpus, lexicon, dfm, tmp_path):
    shards = da.write_shards(corpus, tmp_path / "shards", shard_chars=12_000).on(cluster.scheduler_address)
    lost = spread(_die_once, range(8), cluster.scheduler_address, marker=tmp_path / "died")
    assert all(lost) and (tmp_path / "died").exists()
    counted = da.dfm(da.tokenize(shards, lexicon)).trim(min_docfreq=2)
    same_counts(counted.whole(), dfm.trim(min_docfreq=2))
    same(da.frequency(counted, "region"), da.frequency(dfm.trim(min_docfreq=2), "region"))
    target = "macro_region == '西部'"
    same(da.keyness(counted, target, resamples=999), da.keyness(dfm.trim(min_docfreq=2), target, resamples=999))
    same(da.slogans(shards, lexicon), da.slogans(corpus, lexicon))


def test_a_study_is_not_opened_on_shards_and_says_what_opens_them(shards) -> None:
    with pytest.raises(ValueError, match="holds a sharded corpus; open it with open_shards"):
        da.open_study(shards.folder)
