"""Two hundred invented people with Kurdish names, each in four spellings: `NAMES`.

British: as officials in the United Kingdom write it. Kurmanji: Kurdish in Latin letters. Sorani: Kurdish in Arabic
letters. Arabic: as in Arabic, whose alphabet lacks p, ch, g and v. The combinations are made by rule and belong to no
real person.
"""

from __future__ import annotations

from typing import NamedTuple


class Spelt(NamedTuple):
    """One name, or part of a name, in four spellings."""

    british: str
    kurmanji: str
    sorani: str
    arabic: str


def _table(text: str) -> tuple[Spelt, ...]:
    return tuple(Spelt(*(cell.strip() for cell in line.split("|"))) for line in text.strip().splitlines())


GIVEN = _table("""
Rebwar | Rêbwar | ڕێبوار | ريبوار
Shwan | Şiwan | شوان | شوان
Sherzad | Şêrzad | شێرزاد | شيرزاد
Dilshad | Dilşad | دڵشاد | دلشاد
Khalid | Xalid | خالید | خالد
Aram | Aram | ئارام | آرام
Karwan | Karwan | کاروان | كاروان
Hiwa | Hêwa | هیوا | هيوا
Azad | Azad | ئازاد | آزاد
Bakhtiar | Bextiyar | بەختیار | بختيار
Goran | Goran | گۆران | كوران
Jwan | Ciwan | جوان | جوان
Nawzad | Newzad | نەوزاد | نوزاد
Peshraw | Pêşrew | پێشڕەو | بيشرو
Rizgar | Rizgar | ڕزگار | رزكار
Chiman | Çîmen | چیمەن | جيمن
Berivan | Bêrîvan | بێریڤان | بيريفان
Khazal | Xezal | خەزاڵ | خزال
Zhyan | Jiyan | ژیان | جيان
Gulistan | Gulistan | گوڵستان | كلستان
""")
FAMILY = _table("""
Karim | Kerîm | کەریم | كريم
Rasheed | Reşîd | ڕەشید | رشيد
Hamaamin | Hemeemîn | حەمەئەمین | حمه امين
Mahmood | Mehmûd | مەحموود | محمود
Othman | Osman | عوسمان | عثمان
Barzinji | Berzencî | بەرزنجی | برزنجي
Jaff | Caf | جاف | جاف
Hawrami | Hewramî | هەورامی | هورامي
Zangana | Zengene | زەنگەنە | زنكنة
Talabani | Talebanî | تاڵەبانی | طالباني
Khoshnaw | Xoşnaw | خۆشناو | خوشناو
Pishdari | Pişderî | پشدەری | بشدري
Sharif | Şerîf | شەریف | شريف
Hussein | Hisên | حسێن | حسين
Abdulla | Ebdulla | عەبدوڵڵا | عبدالله
Ghafoor | Xefûr | غەفوور | غفور
Surchi | Sorçî | سورچی | سورجي
Chalabi | Çelebî | چەلەبی | جلبي
Qaradaghi | Qeredaxî | قەرەداغی | قره داغي
Ismail | Îsmaîl | ئیسماعیل | اسماعيل
""")
NAMES = tuple(
    Spelt(
        *(f"{first} {last}" for first, last in zip(given_names, FAMILY[(place + 2 * turn) % len(FAMILY)], strict=True))
    )
    for place, given_names in enumerate(GIVEN)
    for turn in range(10)
)
