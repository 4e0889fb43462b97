"""Which article each line belongs to."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.reading.assignment import Head, _forward_backward, assign, doubtful

HEADS = [Head((0,), "2025年河北省政府工作报告"), Head((1,), "2025年湖南省政府工作报告")]
NORTH = ["石家庄、唐山、邯郸三市先行先试，钢铁企业改造提前完成。", "支持张家口、承德发展冰雪产业，办好冬季赛事。"]
SOUTH = ["长沙、株洲、湘潭三市同城发展，轨道交通装备产值增长。", "支持常德、岳阳治理洞庭湖，恢复湿地和鱼类栖息地。"]


def test_places_within_an_articles_own_decide() -> None:
    lines = [head.said for head in HEADS] + [NORTH[0], SOUTH[0], NORTH[1], SOUTH[1]]
    share = assign(lines, HEADS, [2, 3, 4, 5]).share
    assert share.argmax(axis=1).tolist() == [0, 1, 0, 1]
    assert np.allclose(share.sum(axis=1), 1)


@given(arrays(float, (4, 3), elements=st.floats(-5, 5)), arrays(float, 3, elements=st.floats(0.05, 0.95)))
def test_the_posterior_is_that_of_all_sequences_counted_out(field: np.ndarray, stay: np.ndarray) -> None:
    weight = np.zeros((4, 3))
    for path in np.ndindex(3, 3, 3, 3):
        score = sum(field[i, k] for i, k in enumerate(path))
        score += sum(np.log(s if a == b else (1 - s) / 2) for s, a, b in zip(stay, path, path[1:], strict=False))
        for i, k in enumerate(path):
            weight[i, k] += np.exp(score)
    assert np.allclose(_forward_backward(field, stay), weight / weight.sum(axis=1, keepdims=True))


def test_doubtful_lines_name_the_likeliest_first() -> None:
    assert doubtful(np.array([[0.95, 0.05, 0], [0.3, 0.65, 0.05], [0.02, 0.49, 0.49]])) == {1: [1, 0], 2: [1, 2]}
