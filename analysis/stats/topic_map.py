"""Topics on a plane: near where their words are alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist, squareform

from analysis.stats.frequency import note
from analysis.stats.topics import TopicModel, told


def topic_map(model: TopicModel) -> pd.DataFrame:
    r"""Classical scaling (Torgerson 1952) of the Hellinger distances between the topics' words.

    :math:`H^2 = 1 - \sum_v \sqrt{\phi_{tv} \phi_{uv}}`. Axes have no meaning of their own; each is turned so that its
    farthest topic lies on the positive side.

    Returns
    -------
    DataFrame
        ``topic x y share`` (and ``stability``), in the topics' order; ``share`` is the mean over the units fitted.

    Raises
    ------
    ValueError
        If there are fewer than three topics.
    """
    if model.k < 3:
        raise ValueError(f"A map of k={model.k} topics has no plane; fit three or more.")
    distance = squareform(pdist(np.sqrt(model.topic_feature.to_numpy()))) / np.sqrt(2)
    centring = np.eye(model.k) - 1 / model.k
    values, vectors = np.linalg.eigh(-0.5 * centring @ distance**2 @ centring)
    places = vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 0))
    farthest = np.abs(places.round(9)).argmax(axis=0)
    places = places * np.where(places[farthest, [0, 1]] < 0, -1, 1)
    kept = 100 * values[[-1, -2]].sum() / max(np.maximum(values, 0).sum(), 1e-300)
    columns = {"topic": model.doc_topic.columns.to_numpy(dtype=str), "x": places[:, 0], "y": places[:, 1]}
    table = pd.DataFrame(columns | {"share": model.doc_topic.mean().to_numpy()})
    said = note(f"平面保留距离平方和的 {kept:.0f} %。", f"The plane keeps {kept:.0f} % of the squared distances.")
    return told(table, model, {"step": "topic_map"}, notes=[said])
