"""Says of each lack what follows from it, in French and in English."""

from typing import Final, NamedTuple

from services.admission.domain.lacks.lack import LackCode


class Saying(NamedTuple):
    """What is said of a lack."""

    french: str
    english: str


SAYINGS: Final[dict[LackCode, Saying]] = {
    "plan": Saying(
        "Daté dans le futur : un projet jusqu'à son heure ; rien n'est surveillé ni dit avant.",
        "Dated ahead: a plan until its hour; nothing is watched or told before.",
    ),
    "no_destination": Saying(
        "Sans destination, aucune arrivée n'est attendue.",
        "Without a destination no arrival is expected.",
    ),
    "within_establishment": Saying(
        "Aucun autre établissement n'est nommé : c'est une mutation interne, aucune arrivée n'est attendue.",
        "No other establishment is named: it is a move within this one, and no arrival is expected.",
    ),
    "destination_unnamed": Saying(
        "La destination n'a pas de numéro FINESS : son arrivée ne peut être attendue.",
        "The destination has no FINESS number: no arrival can be expected there.",
    ),
    "destination_by_home": Saying(
        "Le mode n'est ni transfert ni mutation : aucune arrivée n'est attendue dans cet établissement.",
        "The mode is neither transfer nor mutation: no arrival is expected at the establishment named.",
    ),
    "destination_key_invalid": Saying(
        "La clé du numéro FINESS est fausse : vérifiez-le, ou l'arrivée sera attendue ailleurs.",
        "The key of the FINESS number is wrong: check it, or the arrival is expected elsewhere.",
    ),
    "destination_not_listed": Saying(
        "Ce numéro FINESS n'est pas dans l'annuaire connu ici : vérifiez-le.",
        "This FINESS number is not in the directory known here: check it.",
    ),
    "no_deadline": Saying(
        "Sans heure d'arrivée prévue, le délai habituel compte.",
        "Without a time at which the person is expected, the usual delay counts.",
    ),
    "no_return_time": Saying(
        "Sans heure de retour prévue, un retour en retard n'est pas remarqué.",
        "Without a time at which the person is expected back, a late return is not noticed.",
    ),
    "ins_not_qualified": Saying(
        "Sans INS qualifiée, l'autre établissement désigne une autre personne : rien ne relie les séjours.",
        "Without a qualified INS the other establishment means another person: nothing links the two stays.",
    ),
    "traits_incomplete": Saying(
        "Traits stricts incomplets (nom de naissance, prénom, sexe, date) : l'INS seule ne relie personne.",
        "Strict traits are incomplete (birth name, given name, sex, date): the INS alone links nobody.",
    ),
    "no_bed": Saying(
        "Séjour sans lit : les proches n'en sont pas avertis.",
        "A stay without a bed: carers are not told of it.",
    ),
    "death": Saying(
        "Un décès n'est annoncé à personne par message.",
        "A death is told to nobody by a message.",
    ),
}
