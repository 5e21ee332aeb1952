"""What does each indicator say, of what, and what does it not say? The definitions, as data.

A figure without its definition is a number that two people read differently, so the definition is
served with the figures, in French first.
"""

from typing import Final, Literal

import msgspec

Name = Literal["occupancy", "length_of_stay", "transfers_confirmed_in_time", "delay_to_carer_informed"]
Unit = Literal["persons", "days", "share", "seconds"]


class Words(msgspec.Struct, frozen=True):
    """The same text for French and for English readers."""

    fr: str
    en: str


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """What an indicator is."""

    name: Name
    title: Words
    value: Words
    numerator: Words
    denominator: Words
    unit: Unit
    day: Words
    """What decides to which day something counts."""
    source: Words
    limits: Words


_MOVEMENTS: Final = Words(
    fr="Mouvements (entrées, transferts, sorties) transmis par l'établissement, corrections comprises",
    en="Movements (admissions, transfers, discharges) stated by the establishment, corrections included",
)

OCCUPANCY: Final = Definition(
    name="occupancy",
    title=Words(fr="Personnes présentes", en="Persons present"),
    value=Words(
        fr="Personnes présentes à la fin de la journée ; sur plusieurs jours, la moyenne",
        en="Persons present at the end of the day; over several days, the mean",
    ),
    numerator=Words(
        fr="Somme, sur les jours comptés, des personnes présentes à minuit (Europe/Paris)",
        en="Sum, over the days counted, of the persons present at midnight (Europe/Paris)",
    ),
    denominator=Words(fr="Jours comptés", en="Days counted"),
    unit="persons",
    day=Words(fr="Le jour qui finit à ce minuit", en="The day that ends at that midnight"),
    source=_MOVEMENTS,
    limits=Words(
        fr="Une personne présente dans deux séjours compte une fois. Une personne venue et repartie le même "
        "jour n'est pas comptée. Le jour en cours est compté à l'instant de la demande (provisoire). Une "
        "sortie non transmise laisse la personne présente. Aucun compte avant la première information "
        "reçue de l'établissement.",
        en="A person with two stays at once counts once. A person who came and left on the same day is not "
        "counted. The current day is counted at the moment asked for (provisional). A discharge that was "
        "never sent leaves the person present. No count before the first thing known of the "
        "establishment.",
    ),
)

LENGTH_OF_STAY: Final = Definition(
    name="length_of_stay",
    title=Words(fr="Durée de séjour", en="Length of stay"),
    value=Words(fr="Durée moyenne des séjours terminés", en="Mean length of the stays that ended"),
    numerator=Words(
        fr="Somme des durées : date de sortie moins date d'entrée, absences entre deux présences déduites",
        en="Sum of the lengths: date of exit minus date of entry, without absences between two presences",
    ),
    denominator=Words(
        fr="Séjours terminés dont l'entrée est connue", en="Stays that ended and whose admission is known"
    ),
    unit="days",
    day=Words(
        fr="Le jour de la sortie, ou du départ vers un autre établissement",
        en="The day of the discharge, or of the departure to another establishment",
    ),
    source=_MOVEMENTS,
    limits=Words(
        fr="Un séjour sans nuit dure 0 jour. Les séjours en cours ne comptent pas. Les séjours terminés sans "
        "entrée connue sont dénombrés à part (without_admission). p90 : rang le plus proche.",
        en="A stay without a night lasts 0 days. Stays that go on do not count. Stays that ended without a "
        "known admission are counted apart (without_admission). p90: nearest rank.",
    ),
)

TRANSFERS_CONFIRMED_IN_TIME: Final = Definition(
    name="transfers_confirmed_in_time",
    title=Words(fr="Transferts confirmés à temps", en="Transfers confirmed in time"),
    value=Words(
        fr="Part des transferts vers un autre établissement dont l'arrivée a été confirmée à l'échéance",
        en="Share of the transfers to another establishment whose arrival was confirmed when it was due",
    ),
    numerator=Words(
        fr="Transferts dont l'arrivée a été enregistrée au plus tard à l'échéance",
        en="Transfers whose arrival was recorded by the time it was due",
    ),
    denominator=Words(
        fr="Transferts au départ de l'établissement, arrivés à échéance et non annulés",
        en="Transfers out of the establishment that were due and not withdrawn",
    ),
    unit="share",
    day=Words(fr="Le jour de l'échéance", en="The day on which the arrival was due"),
    source=Words(
        fr="Arrivées attendues, constatées ou retirées par le service des parcours",
        en="Arrivals expected, met or withdrawn by the pathway service",
    ),
    limits=Words(
        fr="Une arrivée à l'heure mais transmise après l'échéance n'est pas confirmée à temps ; "
        "arrived_in_time compte les arrivées à l'heure quelle que soit la date de transmission. La "
        "destination doit être connue par son FINESS.",
        en="An arrival in time that was told after it was due is not confirmed in time; arrived_in_time "
        "counts arrivals in time whenever they were told. The destination must be known by its FINESS "
        "number.",
    ),
)

DELAY_TO_CARER_INFORMED: Final = Definition(
    name="delay_to_carer_informed",
    title=Words(fr="Délai d'information du proche aidant", en="Delay until the carer is informed"),
    value=Words(
        fr="Délai médian entre l'enregistrement de l'événement et l'information du proche",
        en="Median delay from the recorded event until the carer is informed",
    ),
    numerator=Words(
        fr="Proches informés dans les 30 minutes après l'enregistrement",
        en="Carers informed within 30 minutes of the record",
    ),
    denominator=Words(
        fr="Proches à informer : informés, joints par une personne, ou jamais joints dans le délai",
        en="Carers to be informed: informed, reached by a person, or never reached in time",
    ),
    unit="seconds",
    day=Words(
        fr="Le jour où l'information a abouti ou a été abandonnée",
        en="The day on which the carer was informed or the attempt was given up",
    ),
    source=Words(
        fr="Issue de chaque obligation d'informer, publiée par le service des notifications",
        en="Outcome of each obligation to inform, published by the notifications service",
    ),
    limits=Words(
        fr="Compte les proches, non les événements. Les obligations remplacées par une information plus "
        "récente ou supprimées (absence de droit, opposition) sont exclues. « Informé » selon l'accusé du "
        "fournisseur, ou son acceptation s'il n'en donne pas.",
        en="Counts carers, not events. Obligations superseded by newer news, or suppressed (no right to "
        "know, opposition), are left out. Informed as the provider reports delivery, or acceptance where "
        "it reports none.",
    ),
)

DEFINITIONS: Final = (
    OCCUPANCY,
    LENGTH_OF_STAY,
    TRANSFERS_CONFIRMED_IN_TIME,
    DELAY_TO_CARER_INFORMED,
)
NAMES: Final[tuple[Name, ...]] = tuple(definition.name for definition in DEFINITIONS)


def definition_of(name: Name) -> Definition:
    """The definition of the indicator with that name."""
    return next(definition for definition in DEFINITIONS if definition.name == name)
