"""Every sentence that a carer or a professional may read, in one place for reviewers.

No name but the carer's alias, no unit, no speciality, no establishment name, no reason, no health
data. Sentences about the person do not agree in gender and put no preposition before the alias, since
neither its gender nor its first letter is known. The SMS has no ç ê ô î â û œ, no typographic quote or
dash: one of them makes the message cost double and its delivery report ambiguous.
"""

from collections.abc import Mapping

CARER_SMS = {
    "admission.occurred": "{alias} est en établissement depuis le {when}",
    "transfer.arrived": "{alias} a bien rejoint son nouvel établissement, le {when}",
    "discharge.occurred": "{alias} a quitté l'établissement le {when}",
    "care.at_home": "{alias} est à domicile, avec un suivi, depuis le {when}",
    "person.merged": "Des messages ont pu concerner une autre personne que {alias}",
}

CARER_FR = {
    "admission.occurred": "{alias} est en établissement depuis le {when}.",
    "transfer.arrived": "{alias} a bien rejoint son nouvel établissement, le {when}.",
    "discharge.occurred": "{alias} a quitté l'établissement le {when}.",
    "care.at_home": "{alias} est à domicile, avec un suivi, depuis le {when}.",
    "person.merged": "Un au moins de nos messages concernait une autre personne que {alias}.",
}

CARER_EN = {
    "admission.occurred": "{alias} has been in a care establishment since {when}.",
    "transfer.arrived": "{alias} safely reached the new establishment on {when}.",
    "discharge.occurred": "{alias} left the establishment on {when}.",
    "care.at_home": "{alias} has been at home, with support, since {when}.",
    "person.merged": "At least one of our messages was about another person than {alias}.",
}

CARER_SMS_PRESENT = {
    **CARER_SMS,
    "discharge.occurred": "{alias} a terminé un séjour le {when} et est en établissement",
}
"""Where the person is in an establishment after all that is known: another one, or again the same one."""

CARER_FR_PRESENT = {
    "discharge.occurred": "{alias} a terminé un séjour le {when} et est en établissement.",
}
CARER_EN_PRESENT = {
    "discharge.occurred": "{alias} finished a stay on {when} and is in a care establishment.",
}

NOW_SMS: Mapping[tuple[str, bool | None], str] = {
    ("discharge.occurred", True): "{alias} est toujours en établissement",
    ("admission.occurred", True): "{alias} est en établissement",
    ("transfer.arrived", True): "{alias} est en établissement",
    ("care.at_home", True): "{alias} est en établissement",
    ("admission.occurred", False): "{alias} n'est pas en établissement",
    ("transfer.arrived", False): "Son arrivée n'est pas confirmée",
    ("person.merged", True): "{alias} est en établissement",
    ("person.merged", False): "{alias} n'est pas en établissement",
}
"""What is true after a message was taken back, by its fact and whether the person is in an establishment."""

NOW_FR: Mapping[tuple[str, bool | None], str] = {key: f"{said}." for key, said in NOW_SMS.items()}
NOW_EN: Mapping[tuple[str, bool | None], str] = {
    ("discharge.occurred", True): "{alias} is still in a care establishment.",
    ("admission.occurred", True): "{alias} is in a care establishment.",
    ("transfer.arrived", True): "{alias} is in a care establishment.",
    ("care.at_home", True): "{alias} is in a care establishment.",
    ("admission.occurred", False): "{alias} is not in a care establishment.",
    ("transfer.arrived", False): "The arrival is not confirmed.",
    ("person.merged", True): "{alias} is in a care establishment.",
    ("person.merged", False): "{alias} is not in a care establishment.",
}

PAGE_NOW_FR = {True: "{alias} est en établissement.", False: "{alias} n'est pas en établissement."}
PAGE_NOW_EN = {
    True: "{alias} is in a care establishment.",
    False: "{alias} is not in a care establishment.",
}
"""What the page behind a link says is true when it is read, whatever its message said."""

PROFESSIONAL_FR = {
    "admission.occurred": "Une personne que vous suivez est entrée dans un établissement le {when}.",
    "transfer.departed": "Une personne est partie vers votre établissement le {when}. Elle y est attendue.",
    "transfer.arrived": "Une personne que vous suivez est bien arrivée à destination le {when}.",
    "transfer.overdue": (
        "Une personne partie d'un établissement vers un autre le {when} n'y est toujours pas annoncée. "
        "Merci de vérifier auprès de l'autre établissement."
    ),
    "transfer.elsewhere": (
        "Une personne attendue après un transfert a été admise dans un autre établissement que prévu, le "
        "{when}. Elle n'est plus attendue."
    ),
    "transfer.returned": (
        "Une personne partie vers un autre établissement est de retour à son point de départ, le {when}. "
        "Elle n'est plus attendue."
    ),
    "transfer.closed": (
        "L'attente d'une personne après un transfert a été close par un professionnel le {when}. Le motif se "
        "lit dans son parcours."
    ),
    "discharge.occurred": "Une personne que vous suivez est sortie d'un établissement le {when}.",
    "care.at_home": "Une personne que vous suivez est accompagnée à domicile depuis le {when}.",
    "person.merged": "Un au moins de nos messages concernait une autre personne que celle que vous suivez.",
    "return.overdue": (
        "Une personne en permission depuis le {when} n'est pas annoncée de retour à l'heure prévue. "
        "Merci de vérifier."
    ),
    "return.ended": "Une personne qui était en permission n'est plus attendue depuis le {when}.",
}

PROFESSIONAL_EN = {
    "admission.occurred": "A person you follow was admitted to an establishment on {when}.",
    "transfer.departed": "A person left for your establishment on {when} and is expected there.",
    "transfer.arrived": "A person you follow safely reached their destination on {when}.",
    "transfer.overdue": (
        "A person who left one establishment for another on {when} has not been reported as arrived. "
        "Please check with the other establishment."
    ),
    "transfer.elsewhere": (
        "A person expected after a transfer was admitted to another establishment than planned, on {when}. "
        "Nobody needs to wait any more."
    ),
    "transfer.returned": (
        "A person who left for another establishment is back where they left, since {when}. Nobody needs to "
        "wait any more."
    ),
    "transfer.closed": (
        "The wait for a person after a transfer was closed by a professional on {when}. The reason is in the "
        "person's pathway."
    ),
    "discharge.occurred": "A person you follow was discharged from an establishment on {when}.",
    "care.at_home": "A person you follow has been supported at home since {when}.",
    "person.merged": "At least one of our messages was about another person than the one you follow.",
    "return.overdue": (
        "A person on leave since {when} has not been reported back at the expected time. Please check."
    ),
    "return.ended": "A person who was on leave is not waited for any more, since {when}.",
}

SMS_PLAIN = (
    "Parcours : {sentence}. Détails et contact : {link} ou {phone}",
    "Parcours : {sentence}. {link} ou {phone}",
    "Parcours : {sentence}. Contact : {phone}",
)
"""The longest one that fits is sent; the last one always does."""

SMS_LATE = (
    "Parcours : information tardive. {sentence}. Détails et contact : {link} ou {phone}",
    "Parcours : information tardive. {sentence}. {link} ou {phone}",
    "Parcours : information tardive. {sentence}. Contact : {phone}",
)

SMS_CORRECTED = (
    "Parcours : CHANGEMENT. {sentence} (annule notre message du {told}). {link} ou {phone}",
    "Parcours : CHANGEMENT. {sentence}. {link} ou {phone}",
    "Parcours : CHANGEMENT. {sentence}. Contact : {phone}",
)

SMS_RETRACTED = (
    "Parcours : ERREUR de notre part. Ne tenez pas compte du message du {told} concernant {alias}."
    " Contact : {phone}",
)

SMS_RETRACTED_NOW = (
    "Parcours : ERREUR de notre part. Ne tenez pas compte du message du {told} concernant {alias}."
    " {now}. Contact : {phone}",
    "Parcours : ERREUR dans notre message du {told}. {now}. Contact : {phone}",
)

SMS_MISTAKEN = (
    "Parcours : ERREUR de notre part. Un message du {told} ou avant concernait une autre personne que"
    " {alias}. {now}. Contact : {phone}",
    "Parcours : ERREUR. Un message du {told} ou avant concernait une autre personne. {now}."
    " Contact : {phone}",
    "Parcours : ERREUR. Un message du {told} concernait une autre personne. Contact : {phone}",
)
"""After two persons who were taken to be one are separated."""

SMS_DISCREET = {
    "plain": (
        "Parcours : une nouvelle information vous attend. Consultez-la : {link} ou appelez le {phone}",
        "Parcours : une nouvelle information vous attend. Appelez le {phone}",
    ),
    "late": (
        "Parcours : une nouvelle information vous attend. Consultez-la : {link} ou appelez le {phone}",
        "Parcours : une nouvelle information vous attend. Appelez le {phone}",
    ),
    "corrected": (
        "Parcours : CHANGEMENT. Une nouvelle information vous attend : {link} ou appelez le {phone}",
        "Parcours : CHANGEMENT. Une nouvelle information vous attend. Appelez le {phone}",
    ),
    "retracted": (
        "Parcours : ERREUR de notre part. Ne tenez pas compte du message du {told}. Contact : {phone}",
    ),
}

DISCREET_FR = "Une nouvelle information vous attend."
DISCREET_EN = "There is news for you."

MAIL_SUBJECT = {
    "plain": "Parcours : information concernant {about}",
    "late": "Parcours : information tardive concernant {about}",
    "corrected": "Parcours : CHANGEMENT concernant {about}",
    "retracted": "Parcours : ERREUR de notre part concernant {about}",
}

PROFESSIONAL_SUBJECT = {
    "admission.occurred": "entrée d'une personne que vous suivez",
    "transfer.departed": "une personne est attendue chez vous",
    "transfer.arrived": "arrivée confirmée d'une personne que vous suivez",
    "transfer.overdue": "arrivée non confirmée d'une personne, à vérifier",
    "transfer.elsewhere": "une personne attendue a été admise ailleurs",
    "transfer.returned": "une personne partie est de retour",
    "transfer.closed": "l'attente d'une personne est close",
    "discharge.occurred": "sortie d'une personne que vous suivez",
    "care.at_home": "accompagnement à domicile d'une personne que vous suivez",
    "person.merged": "un message concernait une autre personne",
    "return.overdue": "retour non confirmé d'une personne en permission, à vérifier",
    "return.ended": "une personne en permission n'est plus attendue",
}
"""What a professional sorts mail by; a subject is no more protected than an envelope: it names nobody."""

PROFESSIONAL_MOOD = {
    "plain": "Parcours : {subject}",
    "late": "Parcours : information tardive, {subject}",
    "corrected": "Parcours : CHANGEMENT, {subject}",
    "retracted": "Parcours : ERREUR de notre part, {subject}",
}

ABOUT_FR = "une personne que vous suivez"
ABOUT_EN = "a person you follow"
"""In place of the alias, for professionals and for carers who chose discretion."""

LEAD_FR = {
    "late": "INFORMATION TARDIVE : nous venons seulement de l'apprendre.",
    "corrected": "CHANGEMENT : ce message annule celui du {told}.",
    "retracted": "ERREUR de notre part : ne tenez pas compte de notre message du {told} concernant {about}.",
}

LEAD_EN = {
    "late": "LATE NEWS: we have only just learned of it.",
    "corrected": "CHANGE: this message replaces the one of {told}.",
    "retracted": "OUR MISTAKE: please disregard our message of {told} about {about}.",
}

LINK_FR = "Voir les détails"
LINK_EN = "See the details"
CALL_FR = "Vous pouvez aussi appeler le {phone}."
CALL_EN = "You can also call {phone}."

FOOTER_FR = (
    "Ce message ne contient volontairement aucune information médicale. Il est envoyé automatiquement : "
    "merci de ne pas y répondre. Nous ne demandons jamais de mot de passe ni de coordonnées bancaires."
)
FOOTER_EN = (
    "On purpose, this message holds no medical information. It is sent automatically: please do not reply. "
    "We never ask for passwords or bank details."
)

INVITATION_SMS = (
    "Parcours : un proche souhaite que vous receviez de ses nouvelles ici. Accepter ou refuser / "
    "Accept or refuse: {link} Info : {phone}",
    "Parcours : recevoir ici des nouvelles d'un proche ? Accepter ou refuser / Accept or refuse: {link}",
)
INVITATION_SUBJECT = "Parcours : acceptez-vous de recevoir des nouvelles ? / May we send you news?"
INVITATION_FR = (
    "Un proche souhaite que vous receviez de ses nouvelles à cette adresse. Rien ne vous sera envoyé tant "
    "que vous n'aurez pas accepté. Si vous ne savez pas de quoi il s'agit, refusez, ou ne faites rien."
)
INVITATION_EN = (
    "Someone close to you would like you to get news of them at this address. Nothing is sent to you unless "
    "you accept. If you do not know what this is about, refuse, or do nothing."
)
INVITATION_LINK_FR = "Accepter ou refuser"
INVITATION_LINK_EN = "Accept or refuse"
