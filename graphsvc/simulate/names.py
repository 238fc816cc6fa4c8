"""Invented names that fit a nationality, some in a second script, and phone numbers reserved for fiction.

Given and family names are common ones, combined at random: they refer to no real person.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """A nationality: names as (Latin, native script or ''), frequency among passengers and members, and name order."""

    nationality: str
    male: tuple[tuple[str, str], ...]
    female: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    carried: int
    members: int
    family_first: bool = False


def _names(text: str) -> tuple[tuple[str, str], ...]:
    """Return names from `Latin|native` words; '_' represents a space."""
    pairs = (word.replace("_", " ").partition("|") for word in text.split())
    return tuple((latin, native) for latin, _, native in pairs)


ORIGINS = (
    Origin(
        "Iran",
        _names("Reza|رضا Amir|امیر Hossein|حسین Mehdi|مهدی Saeed|سعید Arash|آرش Kaveh|کاوه Behnam|بهنام Navid|نوید"),
        _names("Zahra|زهرا Maryam|مریم Leila|لیلا Shirin|شیرین Nasrin|نسرین Parisa|پریسا"),
        _names("Karimi|کریمی Rahimi|رحیمی Moradi|مرادی Jafari|جعفری Hashemi|هاشمی Sadeghi|صادقی Bahrami|بهرامی"),
        carried=28,
        members=14,
    ),
    Origin(
        "Iraq",
        _names(
            "Hewa|هێوا Karwan|کاروان Rebin|ڕێبین Dilshad|دلشاد Aram|ئارام Soran|سۆران Zana|زانا Hiwa|هیوا Bestun|بێستون"
        ),
        _names("Shilan|شیلان Nian|نیان Tara|تارا Chnar|چنار Hana|هانا Rojin|ڕۆژین"),
        _names("Rashid|رەشید Mahmud|مەحموود Ahmed|ئەحمەد Salih|ساڵح Qadir|قادر Aziz|عەزیز Hama|حەمە"),
        carried=20,
        members=26,
    ),
    Origin(
        "Vietnam",
        _names("Van_Binh|Văn_Bình Duc|Đức Minh|Minh Quang|Quang Huu_Tam|Hữu_Tâm Tuan|Tuấn Hoang|Hoàng Dung|Dũng"),
        _names("Thi_Lan|Thị_Lan Mai|Mai Huong|Hương Thu_Ha|Thu_Hà Ngoc|Ngọc Thi_Hoa|Thị_Hoa"),
        _names("Nguyen|Nguyễn Tran|Trần Le|Lê Pham|Phạm Hoang|Hoàng Vu|Vũ Dang|Đặng Bui|Bùi"),
        carried=12,
        members=12,
        family_first=True,
    ),
    Origin(
        "Albania",
        _names("Arben Besnik Dritan Ilir Agron Gentian Fatos Klodian Ervin"),
        _names("Mirela Albana Elira Teuta Vjosa Drita"),
        _names("Hoxha Krasniqi Gjoni Leka Marku Dervishi Shehu Kola"),
        carried=10,
        members=18,
    ),
    Origin(
        "Sudan",
        _names("Osman|عثمان Idris|إدريس Khalid|خالد Mubarak|مبارك Yasir|ياسر Haroun|هارون Adam|آدم"),
        _names("Amna|آمنة Hawa|حواء Samira|سميرة Rania|رانيا"),
        _names("Abdallah|عبدالله Ibrahim|إبراهيم Bashir|بشير Salih|صالح Yahya|يحيى Mansour|منصور"),
        carried=9,
        members=3,
    ),
    Origin(
        "Eritrea",
        _names("Tesfay Yonas Filmon Merhawi Abel Samuel Kidane"),
        _names("Selam Rahwa Helen Feven Miriam Saba"),
        _names("Tekle Haile Gebre Berhane Kiflom Araya Mehari"),
        carried=8,
        members=3,
    ),
    Origin(
        "Afghanistan",
        _names("Farid|فرید Najib|نجیب Zalmai|زلمی Karim|کریم Wahid|وحید Jawad|جواد Ismail|اسماعیل"),
        _names("Farzana|فرزانه Laila|لیلا Nargis|نرگس Palwasha|پلوشه"),
        _names("Ahmadi|احمدی Noori|نوری Safi|صافی Wardak|وردک Haidari|حیدری Sultani|سلطانی"),
        carried=8,
        members=8,
    ),
    Origin(
        "Syria",
        _names("Omar|عمر Bilal|بلال Majd|مجد Tarek|طارق Wael|وائل Nizar|نزار Yusuf|يوسف"),
        _names("Rima|ريما Dima|ديما Hala|هالة Salma|سلمى Noura|نورا"),
        _names("Haddad|حداد Khoury|خوري Darwish|درويش Qassem|قاسم Najjar|نجار Sabbagh|صباغ"),
        carried=5,
        members=6,
    ),
    Origin(
        "France",
        _names("Julien Mathieu Karim Laurent Olivier Sébastien Nicolas"),
        _names("Camille Élodie Nadia Sophie Claire Manon"),
        _names("Lefebvre Dubois Moreau Garnier Rousseau Delattre Vasseur"),
        carried=0,
        members=4,
    ),
    Origin(
        "United Kingdom",
        _names("Daniel Gary Imran Liam Martin Steven Craig Ravi"),
        _names("Joanne Karen Priya Rachel Susan Emma"),
        _names("Walker Hughes Patel Turner Bennett Foster Khan Marsh"),
        carried=0,
        members=6,
    ),
)
BY_NATIONALITY = {origin.nationality: origin for origin in ORIGINS}

NICKNAMES = (
    "the Tall One",
    "the Captain",
    "Uncle",
    "the Teacher",
    "Red Cap",
    "the Engineer",
    "Little Brother",
    "the Barber",
    "Haji",
    "Lucky",
    "the Old Man",
    "Two Phones",
    "the Quiet One",
    "Mechanic",
)

# Ranges that regulators set aside for drama: prefix, free digits. Worlds use them in this order, so new ones must be
# appended, or every world changes.
_FICTION = (
    # Ofcom (United Kingdom), "Telephone numbers for use in TV and radio drama programmes", and Arcep (France), decision 2018-0881.
    ("+447700900", 3),
    ("+3363998", 4),
    ("+441632960", 3),
    ("+442079460", 3),
    ("+441154960", 3),
    ("+441214960", 3),
    ("+441614960", 3),
    ("+3319900", 4),
    ("+3326191", 4),
    ("+3335301", 4),
    ("+3346571", 4),
    ("+3353649", 4),
    # The other areas of the same Ofcom list, and its non-geographic numbers. Northern Ireland used to have a different
    # range.
    ("+441134960", 3),
    ("+441144960", 3),
    ("+441164960", 3),
    ("+441174960", 3),
    ("+441184960", 3),
    ("+441314960", 3),
    ("+441414960", 3),
    ("+441514960", 3),
    ("+441914980", 3),
    ("+442920180", 3),
    ("+443069990", 3),
    # ComReg (Ireland), "Numbering Conditions of Use and Application Process": 020 91x xxxx, for drama alone.
    ("+3532091", 5),
)


def phone_numbers(rng: random.Random, count: int) -> list[str]:
    """Return `count` different numbers from ranges reserved for fiction, mobiles first (there are 177,000)."""
    numbers: list[str] = []
    for prefix, digits in _FICTION:
        block = [f"{prefix}{number:0{digits}d}" for number in range(10**digits)]
        rng.shuffle(block)
        numbers += block
        if len(numbers) >= count:
            break
    return numbers[:count]


def nationality(rng: random.Random, *, member: bool) -> str:
    """Draw a nationality, by its frequency among members or among passengers."""
    weights = [origin.members if member else origin.carried for origin in ORIGINS]
    return rng.choices(ORIGINS, weights)[0].nationality


def full_name(rng: random.Random, nation: str, sex: str) -> tuple[str, str]:
    """Return (name in Latin letters, the same in the script of the country or '')."""
    origin = BY_NATIONALITY[nation]
    first_name = rng.choice(origin.male if sex == "male" else origin.female)
    family = rng.choice(origin.family)
    parts = (family, first_name) if origin.family_first else (first_name, family)
    native = " ".join(part[1] for part in parts) if all(part[1] for part in parts) else ""
    return " ".join(part[0] for part in parts), native
