"""A closed list of ways in which somebody hostile, or in a hurry, writes who is sealed; how many of them are masked."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from graphsvc.cases.image.standing import Deciding, sealed_ids, standings
from graphsvc.cases.image.texts import Texts
from graphsvc.ingest.check import read_case
from graphsvc.ingest.fold import State, fold
from graphsvc.ingest.raw import Limits

KEY = b"k" * 32
ON = dt.date(2020, 6, 1)
FILES = {
    "people.csv": (
        "id,name,aliases,category,sealed,date_of_birth,phones,x_email,x_passport,x_instagram,x_home,x_mother\n"
        "P7001,Hewa Karim,Shorty;هێوا کەریم,other,yes,2001-05-08,+447911123456,hewa.k99@mail.example,A 1234567,@h3_wolf77,"
        '"12 Harbour Lane, Dover CT16 1AA",Shler Barzan\n'
        "P7002,Nguyễn Văn An,,other,yes,1999-11-23,,,,,,\n"
        "P7003,Abdul Rahman Saleh,,other,yes,,,,,,,\n"
        "P7004,Олександр Петренко,,other,yes,,,,,,,\n"
        "P7101,Ali Hassan,,suspect,,1980-02-03,+447700900111,,,,,\n"
        "P7102,Omar Rashid,Boss,suspect,,,,,,,,\n"
        "P7103,Karzan Mahmoud,,suspect,,,,,,,,\n"
    ),
    "things.csv": 'id,kind,value,name\nT7001,address,"7 Quay Street, Deal CT14 6HX",\nT7002,document,ID-55 0192 TK,\n',
    "statements.csv": (
        "id,kind,source_id,taken_on,handling,summary\n"
        "ST1,record,Register of arrivals,2020-03-04,P,They were aboard.\n"
        "ST2,intelligence,CHIS-77K,2020-03-05,P,He was told of it.\n"
    ),
    "links.csv": (
        "subject_id,relation,object_id,statement_id\nP7101,ASSOCIATES_WITH,P7102,ST1\n"
        "P7001,USED,T7001,ST1\nP7001,USED,T7002,ST1\n"
    ),
}
# What may be left of a mention: it tells nobody apart.
_LEFT = re.compile(
    r"\b(?:mr|the|family|known|as|aka|alias|s|gmail|mail|com|example|at|dot|www|https?|facebook|instagram|pdf|jpg|docx|b|i"
    r"|br|span|nbsp|born|on|dob|de|of|th|u|x|n|kak|img|file|boatof|dover|20|40|99|1998|2020|\d\d)\b",
    re.IGNORECASE,
)
_PSEUDONYM = re.compile(r"[STQ]-(?:[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|SEVERAL)|\[withheld\]")

SPELLINGS = (
    # letters, case, spacing, punctuation
    "Hewa Karim", "HEWA KARIM", "hewa karim", "hEwA kArIm", "HewaKarim", "hewakarim", "Hewa  Karim", "Hewa\tKarim",
    "Hewa\nKarim", "Hewa-Karim", "Hewa_Karim", "hewa_karim", "Hewa.Karim", "Hewa/Karim", "Hewa·Karim", "Hewa, Karim",
    "H e w a  K a r i m", "H.e.w.a K.a.r.i.m", "H-e-w-a K-a-r-i-m", "H_e_w_a", "H.e.w.a", "K a r i m", "*Hewa* **Karim**",
    "[Hewa] [Karim]", "«Hewa» «Karim»", "HEWAkarim", "theHewaKarimFile", "boatofhewakarim", "Hewa|Karim",
    # order, parts, initials
    "Karim Hewa", "KARIM, Hewa", "Karim,Hewa", "Hewa", "Karim", "HEWA", "KARIM", "H. Karim", "H Karim", "Karim H.", "Hewa K.",
    "H. K.", "H.K.", "Mr Karim", "Mr H. Karim", "Kak Hewa", "Hewa Ali Karim", "Hewa al-Karim", "Hewa bin Karim",
    "Hewa Ali Omar Karim", 'Hewa "Shorty" Karim', "Hewa (known as Shorty) Karim", "Hewa (Big Man) Karim",
    "Hewa ‘the Barber’ Karim", "Hewa, known as Shorty, Karim", "Shorty", "SHORTY", "shorty",
    # endings
    "Hewa's", "Hewa’s", "Karim’s", "Karims", "the Karims", "the Karim family", "Hewa Karims", "Hewa Karim's", "hewa's",
    # small letters, and joined in user names
    "hewa", "karim", "hkarim", "h.karim", "h_karim", "karim.h", "karimh", "hewak", "hewa.k", "karim_hewa99", "hewakarim1998",
    "hewa_karim_98", "h.karim@gmail.com", "hewa.karim@gmail.com", "hkarim99@mail.com", "@hewakarim", "@HewaKarim",
    "www.facebook.com/hewa.karim.98", "hewa.karim.pdf", "IMG_hewa_karim_2020.jpg", "karimhewa", "khewa",
    # digits and signs for letters
    "H3wa Karim", "H3wa K4rim", "Hewa Kar1m", "Hew4 Karim", "H3w4 K4r1m", "h3wa", "K4rim", "Hewa K@rim", "Hewa Kar!m",
    "Hewa Kar|m", "H€wa Karim",
    # signs nobody sees, look-alikes, marks
    "He\u200bwa Karim", "H\u00adewa Ka\u2060rim", "\u202eHewa\u202c Karim", "Неwа Каrіm", "Hеwa", "Hewa Κarim", "Ｈｅｗａ Ｋａｒｉｍ",
    "𝓗𝓮𝔀𝓪 𝓚𝓪𝓻𝓲𝓶", "ⒽⒺⓌⒶ ⓀⒶⓇⒾⓂ", "ʜᴇᴡᴀ ᴋᴀʀɪᴍ", "🇭🇪🇼🇦 🇰🇦🇷🇮🇲", "Hêwa Karîm", "H̶e̶w̶a̶ K̶a̶r̶i̶m̶", "Hewa😀Karim", "H😀e😀w😀a Karim",
    # across lines, in code of other machines
    "Ka-\nrim", "He-\nwa Karim", "Hewa Ka-\r\n  rim", "Hewa Ka=\nrim", "Hewa%20Karim", "Hewa+Karim", "%48ewa%20Karim",
    "Hewa&nbsp;Karim", "&#72;ewa Karim", "&#x48;ewa Kar&iacute;m", "\\u0048ewa Karim", "Hewa\\nKarim", "He<b>wa</b> Karim",
    "<i>Hewa</i><br>Karim", "H%C3%AAwa Kar%C3%AEm",
    # heard, other scripts
    "Hiwa Karim", "Hewa Kareem", "Hewa Kerim", "Hêwa Kerîm", "Heva Carim", "Hewah Karim", "Hhewwa Karrim", "Haiwa Karim",
    "هیوا کریم", "هێوا", "كريم", "هيوا كريم", "Хева Карим", "Карим", "Χέβα Καρίμ", "הווא כרים", "ヘワ・カリム", "헤와 카림",
    # mistyped
    "Hewa Karin", "Hewa Kaim", "Hewa Kairm", "Hwea Karim", "Hewa Karrimm", "Hewa Karlm", "Hrwa Karim", "Hewa Karimn", "miraK aweH",
    # others
    "Nguyen Van An", "An Nguyen", "NGUYEN V. A.", "nguyenvanan", "Abdelrahman Saleh", "Abd ar-Rahman Salih", "عبد الرحمن صالح",
    "A. R. Saleh", "Oleksandr Petrenko", "Олександра Петренка", "O. Petrenko", "Petrenko",
    # numbers, addresses, documents, days
    "07911 123456", "O7911 l23456", "+44 (0) 7911-123-456", "0044 7911 12 34 56", "７９１１１２３４５６", "079 11 12 34 56", "123 456",
    "zero seven nine one one one two three four five six", "hewa.k99@mail.example", "hewa.k99 (at) mail.example", "hewa.k99 at mail dot example",
    "hewa.k99", "A1234567", "A 123 4567", "A-1234567", "@h3_wolf77", "h3_wolf77", "H3_WOLF77", "12 Harbour Lane", "12, Harbour Lane, Dover",
    "CT16 1AA", "CT161AA", "7 Quay Street", "ID-55 0192 TK", "ID550192TK", "Shler Barzan", "P7001", "P-7001", "p 7001",
    "2001-05-08", "08/05/2001", "8.5.2001", "8 May 2001", "May 8, 2001", "8th of May 2001", "08052001", "8/5/01", "8. Mai 2001", "05/08/2001",
    "8 MAY 01", "20010508", "٨/٥/٢٠٠١", "CHIS-77K", "CHIS 77K", "chis77k", "chis_77k",
)  # fmt: skip


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    folder = tmp_path_factory.mktemp("spelt")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return texts_of(folder)


def texts_of(folder: Path) -> Texts:
    delivery = read_case(folder, Limits(1 << 30, 100_000))
    assert not delivery.rejections, delivery.rejections
    state = State()
    fold(state, 1, delivery.rows, delivery.columns, partial=False)
    return Texts(state, sealed_ids(standings({}, state, Deciding(KEY, ON)), state, KEY))


def test_ways_to_write_who_is_sealed_are_masked(texts: Texts) -> None:
    missed = []
    for mention in SPELLINGS:
        told = texts.mask(f"Then {mention} paid Omar in Calais.")
        rest = told.removeprefix("Then ").removesuffix(" paid Omar in Calais.")
        left = _LEFT.sub("", _PSEUDONYM.sub("", rest).replace("_", " "))
        if any(map(str.isalnum, left)):
            missed.append(f"{mention!r} → {told!r}")
    print(f"masked: {len(SPELLINGS) - len(missed)} of {len(SPELLINGS)}", *missed, sep="\n")
    assert len(SPELLINGS) - len(missed) >= 0.98 * len(SPELLINGS), missed
