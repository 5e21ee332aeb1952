"""Defines the indicator "delay until the carer is informed"."""

from typing import Final

from services.indicators.domain.definitions.definition import Definition, Words

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
