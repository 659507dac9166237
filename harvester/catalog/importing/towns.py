"""Where conferences are: towns and countries, which stand before a year as surnames do. Pure."""

import re

from harvester.catalog.importing.words import phrases

_TOWNS = phrases(
    "amsterdam;athens;atlanta;bali;baltimore;bangkok;barcelona;beijing;berlin;bordeaux;boston;brisbane;"
    "brussels;budapest;buenos aires;cairo;cambridge;cancun;cape town;chengdu;chennai;chicago;copenhagen;"
    "daejeon;dallas;delhi;denver;detroit;dubai;dublin;edinburgh;geneva;ghent;glasgow;granada;grenoble;hamburg;"
    "hangzhou;hanoi;havana;helsinki;hong kong;honolulu;istanbul;jeju;jerusalem;kolkata;krakow;kuala lumpur;"
    "kyoto;las vegas;lausanne;leipzig;lima;lisbon;lisboa;ljubljana;london;long beach;los angeles;luxembourg;"
    "lyon;madrid;malaga;manchester;marrakesh;marrakech;marseille;melbourne;mexico city;miami;milan;milano;"
    "minneapolis;montpellier;montreal;montréal;moscow;mumbai;munich;münchen;nagoya;nanjing;naples;new delhi;"
    "new orleans;new york;nice;osaka;oslo;ottawa;oxford;palermo;paris;philadelphia;phoenix;pisa;porto;prague;"
    "quebec city;québec;reykjavik;riga;rio de janeiro;rome;roma;rotterdam;salt lake city;salzburg;san diego;"
    "san francisco;san juan;santiago;sao paulo;são paulo;sapporo;seattle;seoul;sevilla;seville;shanghai;"
    "shenzhen;singapore;sofia;stockholm;strasbourg;stuttgart;sydney;taipei;tallinn;tel aviv;tokyo;toronto;"
    "toulouse;trieste;trondheim;turin;utrecht;valencia;vancouver;venice;vienna;vilnius;virtual event;warsaw;"
    "washington dc;wuhan;yokohama;zagreb;zurich;zürich;cham;北京;上海;深圳;东京;東京;京都;大阪;首尔;서울;부산"
)
_COUNTRIES = phrases(
    "argentina;australia;austria;belgium;brazil;canada;chile;china;colombia;croatia;cuba;cyprus;czech republic;"
    "denmark;egypt;england;estonia;finland;france;germany;greece;hungary;iceland;india;indonesia;iran;ireland;"
    "israel;italy;japan;korea;south korea;latvia;lithuania;malaysia;malta;mexico;morocco;netherlands;"
    "the netherlands;new zealand;norway;peru;poland;portugal;puerto rico;qatar;romania;russia;rwanda;"
    "saudi arabia;scotland;serbia;slovakia;slovenia;south africa;spain;sweden;switzerland;taiwan;thailand;"
    "turkey;türkiye;uae;uk;usa;u.s.a.;united kingdom;united states;uruguay;vietnam;wales;virtual;online"
)
_STATE = re.compile(r"[A-Z]{2}|D\.C\.|[A-Z][a-z]+")  # "San Diego, CA", "Honolulu, Hawaii"
_IN = re.compile(r"\Ain\s+", re.IGNORECASE)
_MOST = 4  # parts


def is_town(text: str) -> bool:
    """Whether a text says where a meeting was, and no more: ``Lisbon``, ``San Diego, CA, USA``."""
    parts = [part.strip() for part in re.split(r"[,，]", _IN.sub("", text))]
    if len(parts) > _MOST or not (_is_named(parts[0], _TOWNS) or _is_named(parts[0], _COUNTRIES)):
        return (
            len(parts) == 2 and _is_named(parts[1], _COUNTRIES) and bool(re.fullmatch(r"[A-Z][\w -]{2,20}", parts[0]))
        )
    return all(_is_named(part, _COUNTRIES) or _is_named(part, _TOWNS) or _STATE.fullmatch(part) for part in parts[1:])


def _is_named(part: str, names: frozenset[str]) -> bool:
    return part.lower() in names and not part.islower()
