"""Defines the indicator "persons present"."""

from typing import Final

from services.indicators.domain.definitions.definition import MOVEMENTS, Definition, Words

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
    source=MOVEMENTS,
    limits=Words(
        fr="Une personne présente dans deux séjours compte une fois. Une personne venue et repartie le même "
        "jour n'est pas comptée. Les jours sans lit (externe, séances, domicile, télésurveillance) ne sont "
        "pas comptés. Le jour en cours est compté à l'instant de la demande (provisoire). Une "
        "sortie non transmise laisse la personne présente. Aucun compte avant la première information "
        "reçue de l'établissement.",
        en="A person with two stays at once counts once. A person who came and left on the same day is not "
        "counted. Days without a bed (outpatient, recurring, home, telemonitoring) are not counted. "
        "The current day is counted at the moment asked for (provisional). A discharge that was "
        "never sent leaves the person present. No count before the first thing known of the "
        "establishment.",
    ),
)
