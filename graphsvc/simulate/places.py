"""Places along the Channel and inland, with rough coordinates; streets and businesses are invented."""

from __future__ import annotations

# name, latitude, longitude
LAUNCH_SITES = (
    ("De Panne", 51.104, 2.577),
    ("Dunkirk, Malo-les-Bains", 51.052, 2.404),
    ("Loon-Plage", 51.004, 2.185),
    ("Gravelines", 51.003, 2.110),
    ("Oye-Plage", 50.997, 2.042),
    ("Calais", 50.967, 1.848),
    ("Sangatte", 50.946, 1.752),
    ("Wissant", 50.889, 1.661),
    ("Ambleteuse", 50.808, 1.598),
    ("Boulogne-sur-Mer", 50.735, 1.590),
    ("Le Touquet", 50.523, 1.577),
)
LANDING_SITES = (
    ("Dover", 51.122, 1.322),
    ("Kingsdown", 51.185, 1.405),
    ("Deal", 51.224, 1.406),
    ("Ramsgate", 51.329, 1.421),
    ("Folkestone", 51.077, 1.180),
    ("Hythe", 51.066, 1.088),
    ("Dungeness", 50.913, 0.975),
    ("Winchelsea Beach", 50.913, 0.722),
    ("Hastings", 50.852, 0.589),
)
INTERCEPTORS = ("Border Force vessel", "Border Force vessel", "lifeboat", "police ashore", "")
FRENCH_INTERCEPTOR = "French patrol vessel"
TOWNS = (
    ("Dover", 51.128, 1.313),
    ("Folkestone", 51.081, 1.167),
    ("Ashford", 51.146, 0.872),
    ("Canterbury", 51.280, 1.079),
    ("Margate", 51.385, 1.383),
    ("Lewisham", 51.461, -0.012),
    ("Croydon", 51.372, -0.099),
    ("Birmingham", 52.480, -1.903),
    ("Nottingham", 52.954, -1.150),
    ("Manchester", 53.481, -2.243),
    ("Dunkirk", 51.034, 2.377),
    ("Lille", 50.629, 3.057),
)
STREETS = (
    "Lantern Street",
    "Ropewalk Lane",
    "Tollgate Road",
    "Quarry Rise",
    "Saltern Road",
    "Herring Court",
    "Mill Pond Way",
    "Old Signal Road",
    "Chalkpit Lane",
    "Fourth Avenue",
    "Orchard Gap",
    "Beacon Terrace",
)
# sector, kind of workplace, words of its name, whether the lockdown closes it
SECTORS = (
    ("shared house", "dwelling", "House", False),
    ("car wash", "premises", "Hand Car Wash", True),
    ("video site", "online", "Live", False),
    ("nail bar", "premises", "Nails", True),
    ("restaurant", "premises", "Kitchen", True),
    ("farm", "site", "Farm", False),
    ("shared house", "dwelling", "House", False),
    ("construction", "site", "Works", True),
    ("massage parlour", "premises", "Spa", True),
    ("warehouse", "premises", "Parcels", False),
    ("video site", "online", "Rooms", False),
    ("barber shop", "premises", "Barbers", True),
)
FANCIES = (
    "Amber",
    "Blue Heron",
    "Castle",
    "Dune",
    "Evening Star",
    "Foxglove",
    "Golden Bay",
    "Harbour",
    "Ivory",
    "Juniper",
    "Kestrel",
    "Lucky Tide",
    "Marigold",
    "North Light",
    "Orchid",
    "Paragon",
)
GANG_WORDS = (
    "Dune",
    "Harbour",
    "Mill",
    "Station",
    "Canal",
    "Forest",
    "Lighthouse",
    "Depot",
    "Quay",
    "Pylon",
    "Market",
    "Tunnel",
)


def gang_word(position: int) -> str:
    """Return the name of the gang at a position, all different: one word, then two, then two and a number."""
    fancy, word = divmod(position, len(GANG_WORDS))
    turn, fancy = divmod(fancy, len(FANCIES))
    if position < len(GANG_WORDS):
        return GANG_WORDS[word]
    return f"{GANG_WORDS[word]} {FANCIES[fancy]}" + (f" {turn + 1}" if turn else "")
