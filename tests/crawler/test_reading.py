"""Texts in scripts without spaces, and written from right to left: the same rules must hold where words cannot be counted."""

# ruff: noqa: E501 (sentences and markup stay whole; other scripts look like ours)

import pytest

from crawler.extraction.page import read_page
from news.teasers import remove_teasers

# By language: headline, paragraphs, titles of other articles, what heads them, the line at the foot.
PAGES = {
    "zh": (
        "旧桥将得到修复",
        ("市议会星期一晚上开会三个小时之后，决定修复河上的旧桥。", "市长说，工程将持续两年，费用超过全市道路预算的总和。居民们对此表示欢迎，但也有人担心交通。",
         "这座桥建于一九五四年，是镇上最古老的建筑之一。", "“我们别无选择，”她说。", "专家认为，修复比新建便宜。议会将在三月再次讨论资金问题，届时也会公布施工计划和绕行路线。"),
        ("山羊赢得比赛冠军", "今夏去哪里游泳", "学校明年扩建"), "相关新闻", "版权所有",
    ),
    "ja": (
        "古い橋が修復へ 市議会が決定",
        ("市議会は月曜日の夜、三時間の議論の末、川に架かる古い橋を修復することを決めた。", "市長によると、工事は二年かかり、費用は市の道路予算の合計を上回る。住民は歓迎しているが、交通への影響を心配する声もある。",
         "橋は1954年に建てられた。", "「ほかに方法はなかった」と市長は語った。", "専門家は、修復の方が新築より安いと見ている。議会は三月に資金について改めて話し合い、工事の日程も公表する予定だ。"),
        ("ヤギがレースで優勝", "この夏どこで泳ぐか", "学校、来年拡張へ"), "関連記事", "無断転載を禁じます",
    ),
    "ko": (
        "낡은 다리 고친다",
        ("시의회는 월요일 밤 세 시간의 토론 끝에 강 위의 낡은 다리를 고치기로 했다.", "시장은 공사가 2년 걸리며 비용은 시의 모든 도로 예산보다 많다고 말했다. 주민들은 환영하지만 교통을 걱정하는 이들도 있다.",
         "다리는 1954년에 세워졌다.", "\"다른 방법이 없었다\"고 그는 말했다.", "전문가들은 수리가 신축보다 싸다고 본다. 의회는 3월에 자금을 다시 논의할 예정이다."),
        ("염소, 경주에서 우승", "올여름 어디서 수영할까", "학교 내년 증축"), "관련기사", "무단전재 및 재배포 금지",
    ),
    "ar": (
        "إصلاح الجسر القديم في المدينة",
        ("قرر مجلس المدينة مساء الاثنين، بعد ثلاث ساعات من النقاش، إصلاح الجسر القديم فوق النهر.", "وقال رئيس البلدية إن الأعمال ستستغرق عامين، وستكلف أكثر مما خصصته المدينة لجميع طرقها مجتمعة. ورحب السكان بالقرار لكن بعضهم يخشى من الازدحام.",
         "بُني الجسر عام 1954.", "وأضافت: «لم يكن لدينا خيار آخر».", "ويرى الخبراء أن الإصلاح أرخص من البناء الجديد، وسيناقش المجلس التمويل مرة أخرى في مارس المقبل."),
        ("عنزة تفوز بالسباق في الوادي", "أين تسبح هذا الصيف", "المدرسة ستتوسع العام المقبل"), "اقرأ أيضا", "جميع الحقوق محفوظة",
    ),
    "he": (
        "הגשר הישן ישופץ",
        ("מועצת העיר החליטה ביום שני בערב, אחרי שלוש שעות של דיון, לשפץ את הגשר הישן שמעל הנהר.", "ראש העיר אמר כי העבודות יימשכו שנתיים ויעלו יותר ממה שהעיר הקצתה לכל כבישיה יחד. התושבים מברכים על כך, אבל יש מי שחושש מפקקים.",
         "הגשר נבנה בשנת 1954.", "\"לא הייתה לנו ברירה\", אמרה.", "מומחים סבורים שהשיפוץ זול יותר מבנייה חדשה, והמועצה תדון שוב במימון בחודש מרץ."),
        ("עז זכתה במרוץ", "איפה לשחות הקיץ", "בית הספר יורחב"), "קראו גם", "כל הזכויות שמורות",
    ),
}  # fmt: skip
DATES = {"zh": "2024年3月5日", "ja": "2024年3月5日", "ko": "2024년 3월 5일", "ar": "5 مارس 2024", "he": "5 במרץ 2024"}


def layout(language: str, kind: str) -> str:
    headline, texts, titles, heading, foot = PAGES[language]
    linked = "".join(f"<li><a href=/{n}>{title}</a></li>" for n, title in enumerate(titles))
    around = f"<h2>{headline}</h2><div>{DATES[language]}</div>"
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    bodies = {
        "paragraphs": f"<div>{around}{paragraphs}<p>{heading}</p><ul>{linked}</ul><p>{foot}</p></div>",
        "breaks": f"{around}<div>{'<br><br>'.join(texts)}<br>{heading}</div><ul>{linked}</ul><div>{foot}</div>",
        "divs": f"<div>{around}{''.join(f'<div>{text}</div>' for text in texts)}</div><div>{heading}<ul>{linked}</ul></div>",
        "bare titles": f"<div>{around}{paragraphs}</div><p>{heading}</p>{''.join(f'<p>{title}</p>' for title in titles)}",
    }
    return f"<html lang={language}><body>{bodies[kind]}</body></html>"


@pytest.mark.parametrize("kind", ["paragraphs", "breaks", "divs", "bare titles"])
@pytest.mark.parametrize("language", list(PAGES))
def test_headline_text_and_day_are_found_in_scripts_without_spaces_and_from_right_to_left(
    language: str, kind: str
) -> None:
    article = remove_teasers(read_page(layout(language, kind), "https://outlet.example/a"))

    assert article.headline == PAGES[language][0]
    assert article.paragraphs == PAGES[language][1]
    assert article.date_published is not None
    assert (article.language, article.date_published.date().isoformat()) == (language, "2024-03-05")


@pytest.mark.parametrize("language", list(PAGES))
def test_a_sentence_that_begins_like_the_head_of_a_list_stays(language: str) -> None:
    headline, texts, _, heading, _ = PAGES[language]
    page = f"<h1>{headline}</h1><div>{''.join(f'<p>{text}</p>' for text in texts)}<p>{heading} {texts[0]}</p></div>"

    assert len(remove_teasers(read_page(page, "https://outlet.example/a")).paragraphs) == len(texts) + 1
