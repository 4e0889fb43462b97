"""Several articles in one file."""

from hashlib import sha256
from pathlib import Path

import pytest

from analysis.reading.articles import split_articles
from analysis.reading.cleaning import clean

HARBOUR = [
    "海港市法院立足港口经济，设立海事商事速裁团队，把巡回审判点建在码头边，船东、货主不出港区就能立案、调解、开庭，港口物流纠纷当天化解。",
    "一、把速裁团队建在码头",
    "海港市法院抽调骨干法官组成海事商事速裁团队，推行码头立案、船边调解、云端开庭，港口企业运输合同、船舶租赁纠纷平均审理时间缩短二十天。",
    "海港市法院的团队每月走进航运公司和货运代理企业，梳理提单、保函、滞期费等常见风险，发出司法建议，帮助港口企业完善合同文本，降低航运经营风险。",
    "二、把法治课堂搬上甲板",
    "海港市法院组织法官登船普法，用渔民听得懂的话讲船员劳动保护、海上交通安全和渔业资源保护，发放船员权益手册，设立船员维权绿色通道。",
    "下一步，海港市法院将继续深耕港口司法，让航运更通畅，让渔民更安心，为海港高质量发展护航。",
]
STEPPE = [
    "草原县司法局面对牧区地广人稀的实际，组建马背普法队和流动人民调解庭，把公共法律服务送到蒙古包前、牲畜棚边，牧民足不出户就能办公证、找律师。",
    "一、马背普法走进毡房",
    "草原县司法局选拔懂双语的调解员组成马背普法队，走进冬窝子和夏牧场，宣讲草原保护、草场承包和婚姻家庭法律，现场调处草场边界和牲畜走失纠纷。",
    "普法队把法律条文编成好来宝和祝赞词，在那达慕和剪毛节上演唱，牧民一边喝奶茶一边学法，草场承包合同签订率明显提高，越界放牧明显减少。",
    "二、流动调解守护草场",
    "草原县司法局在苏木设立流动人民调解庭，调解员骑马巡回牧场，就地化解草场租赁、饲草买卖、羊绒收购纠纷，做到小事不出嘎查、大事不出苏木。",
    "今后，草原县司法局将把法律服务的毡房搭得更广，让每一片草场都有法律守护，让每一户牧民都能得到帮助。",
]
HEAD_A = ["让码头飘起法治风帆", "林海波 东海省海港市中级人民法院党组书记、院长"]
HEAD_B = ["把法律送进毡房", "包青山 北原省草原县司法局党组书记、局长"]


def test_articles_one_after_the_other() -> None:
    articles, notes = split_articles("\n".join(HEAD_A + HARBOUR + HEAD_B + STEPPE))
    assert notes == ["2 articles"]
    assert [(a.title, a.byline, a.author) for a in articles] == [(*HEAD_A, "林海波"), (*HEAD_B, "包青山")]
    assert [a.text.split("\n") for a in articles] == [HARBOUR, STEPPE]


def test_interleaved_columns_are_sorted_out() -> None:
    """Columns cut in mid-sentence, one article continued behind the other, a passage printed twice."""
    cut = HARBOUR[2].index("船边调解")
    first, rest = HARBOUR[2][:cut], HARBOUR[2][cut:]
    lines = [*HEAD_A, *HARBOUR[:2], first, *HEAD_B, *STEPPE[:4], rest, *HARBOUR[3:], *STEPPE[3:]]
    articles, notes = split_articles("\n".join(lines))
    assert notes[0] == "2 articles, interleaved"
    assert [a.text.split("\n") for a in articles] == [HARBOUR, STEPPE]
    assert [len(a.repeated) for a in articles] == [0, 1]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(HEAD_A + HARBOUR),
        "\n".join(HARBOUR),
        "\n".join([*HARBOUR, "组长：", "王建国 某市委常委、政法委书记", "李大明 某市人民法院院长"]),
        "\n".join([*HEAD_A, *HARBOUR, "李大明 某市人民法院院长"]),
        "",
    ],
)
def test_a_plain_file_is_never_split(text: str) -> None:
    assert split_articles(text) == ([], [])


@pytest.fixture(scope="module")
def magazine(shared: Path) -> str:
    found = sorted(shared.glob("seeds/004*.txt"))
    if not found:
        pytest.skip("The interleaved magazine is not among the shared seeds.")
    return clean(found[0].read_text(encoding="utf-8")).text


SEED = {  # of each article: characters, paragraphs and the first digits of the text's SHA-256, read by eye
    "林金文": (1562, 13, "6c4c6fe6a08c"),
    "杨龙金": (1918, 15, "1379fed1313e"),
    "叶大华": (2204, 19, "bc06498e5cc7"),
    "程显波": (2230, 18, "d142c7747399"),
}


def test_the_magazine_is_in_natural_order_with_cut_sentences_joined(magazine: str) -> None:
    articles, notes = split_articles(magazine)
    found = {
        a.author: (len(a.text), a.text.count("\n") + 1, sha256(a.text.encode()).hexdigest()[:12]) for a in articles
    }
    assert found == SEED and all(a.title for a in articles)
    joined = [(10, 2), (45, 53), (73, 74), (77, 46)]
    lines, whole = magazine.split("\n"), "\n".join(article.text for article in articles)
    assert all(lines[tail] + lines[head] in whole for tail, head in joined)
    unsure = [names for article in articles for names in article.doubtful.values()]
    assert len(unsure) <= 5 and all(" or " in names and names in notes[-1] for names in unsure)


def test_every_line_of_the_magazine_is_assigned_once(magazine: str) -> None:
    lines = magazine.split("\n")
    articles, _ = split_articles(magazine)
    placed = sorted(i for article in articles for i in article.lines)
    assert sorted({*range(len(lines))} - {*placed}) == [28, 29, 30]  # the passage printed twice
    assert len(placed) == len(set(placed)) == len(lines) - 3
    assert [len(article.repeated) for article in articles] == [0, 0, 0, 3]


def test_official_titles_part_articles_without_bylines() -> None:
    heads = ["2025年吉林省政府工作报告", "2025年安徽省政府工作报告"]
    articles, _ = split_articles("\n".join([heads[0], *HARBOUR, heads[1], *STEPPE]))
    assert [a.title for a in articles] == heads
    assert [a.text.split("\n") for a in articles] == [HARBOUR, STEPPE]
    assert split_articles("\n".join([heads[0], *HARBOUR, heads[0], *STEPPE])) == ([], [])
    assert split_articles("\n".join(["东海涌新潮", *HARBOUR, "草原换新颜", *STEPPE])) == ([], [])


def test_continued_on_another_page() -> None:
    lines = [*HEAD_A, *HARBOUR[:3], "（下转第2版）", *HEAD_B, *STEPPE[:3], "（下转第3版）"]
    lines += ["（上接第1版）", *HARBOUR[3:], "（上接第1版）", *STEPPE[3:]]
    articles, notes = split_articles("\n".join(lines))
    assert notes[:2] == ["2 articles, interleaved", "4 page turns (下转, 上接) taken out"]
    assert [a.text.split("\n") for a in articles] == [HARBOUR, STEPPE]


def test_one_document_is_never_split(shared: Path) -> None:
    """All provincial and national reports and every regulation, as one file each."""
    files = sorted(shared.glob("corpora/*/txt/*.txt"))
    if len(files) < 1000:
        pytest.skip("The corpora of single documents are not among the shared data.")
    split = [file.name for file in files if split_articles(clean(file.read_text(encoding="utf-8")).text)[0]]
    assert split == []
