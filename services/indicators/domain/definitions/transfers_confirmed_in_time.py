"""Defines the indicator "transfers confirmed in time"."""

from typing import Final

from services.indicators.domain.definitions.definition import Definition, Words

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
        "destination doit être connue par son FINESS. Une personne admise ailleurs, ou dont l'attente a "
        "été close par quelqu'un, n'est pas confirmée ; une personne revenue à son point de départ n'est pas "
        "comptée.",
        en="An arrival in time that was told after it was due is not confirmed in time; arrived_in_time "
        "counts arrivals in time whenever they were told. The destination must be known by its FINESS "
        "number. Who was admitted elsewhere, or is not waited for because somebody said so, is not "
        "confirmed; who came back is not counted.",
    ),
)
