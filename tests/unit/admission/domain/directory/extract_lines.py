"""Lines as the national extracts have them, of organisations that exist and of persons who do not."""

SITE = (
    "structureet;010000024;010780054;CH DE FLEYRIAT;CENTRE HOSPITALIER DE BOURG-EN-BRESSE FLEYRIAT;;;900;RTE;"
    "DE PARIS;;;451;01;AIN;01440 VIRIAT;0474454647;0474454114;355;Centre Hospitalier (C.H.);1102;"
    "Centres Hospitaliers;26010004500012;8610Z;03;ARS;1;Etablissement public de santé;1979-02-13;1979-02-13;"
    "2020-02-04;"
)
SITE_OF_LA_REUNION = (
    "structureet;970400024;970408589;CHU SITE FELIX GUYON;CHU SITE FELIX GUYON (SAINT DENIS);;;;ALL;"
    "DES TOPAZES;;CS 11021;411;9D;LA REUNION;97405 ST DENIS CEDEX;0262905050;0262905051;101;"
    "Centre Hospitalier Régional (C.H.R.);1101;Centres Hospitaliers Régionaux;20003001300011;8610Z;03;ARS;1;"
    "Etablissement public de santé;1957-07-01;1957-07-01;2023-11-13;"
)
QUOTED_SITE = (
    'structureet;980501506;980501498;"LIEU DE VIE ""MAVOUNA MEMA 1""";"LIEU DE VIE ""MAVOUNA; MEMA 1""";;;12;'
    "R;ANCIEN TERRAIN DE FOOT;;;606;9F;MAYOTTE;97620 CHIRONGUI;0269666815;;462;Lieux de Vie;4605;"
    "Etablissements multi-clientèles;82967998400015;;08;Président;;;2019-04-01;2019-03-18;2025-05-07;"
)
LEGAL_ENTITY = (
    "structureej;010780054;CH DE FLEYRIAT;CENTRE HOSPITALIER DE BOURG-EN-BRESSE;;900;RTE;DE PARIS;;;CS 9;451;"
    "01012 BOURG EN BRESSE CEDEX;01;AIN;0474454647;13;Etb.Pub.Commun.Hosp.;355;Centre Hospitalier (C.H.);"
    "260100045;8610Z;1979-02-13"
)
FINESS_FILE = "\n".join(
    [
        "finess;etalab;111;2026-05-12",
        SITE,
        SITE_OF_LA_REUNION,
        QUOTED_SITE,
        LEGAL_ENTITY,
        "geolocalisation;0;1",
    ]
)

PROFESSIONALS_HEADER = (
    "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|"
    "Libellé civilité d'exercice|Code civilité|Libellé civilité|Nom d'exercice|Prénom d'exercice|"
    "Code profession|Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|"
    "Code type savoir-faire|Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire|"
    "Code mode exercice|Libellé mode exercice|Numéro SIRET site|Numéro SIREN site|Numéro FINESS site|"
    "Numéro FINESS établissement juridique|"
)
RPPS = "10100000008"


def professional(rpps: str = RPPS, *, site: str = "010000024", kind: str = "8", name: str = "DURAND") -> str:
    """A line of the professionals' extract."""
    return (
        f"{kind}|{rpps}|8{rpps}|DR|Docteur|MME|Madame|{name}|CAMILLE|10|Médecin|C|Civil|S|"
        f"Spécialité ordinale|SM04|Cardiologie et maladies vasculaires|S|Salarié|||{site}|010780054|"
    )


MAILBOXES_HEADER = (
    "Type de BAL|Adresse BAL|Type Identifiant PP|Identifiant PP|Identification nationale PP|"
    "Type identifiant structure|Identification Structure|Service de rattachement|Civilité d'exercice|"
    "Nom d'exercice|Prénom d'exercice"
)


def mailbox(kind: str, address: str, *, rpps: str = "", structure: str = "", service: str = "") -> str:
    """A line of the mailboxes' extract."""
    held = f"8|{rpps}|8{rpps}" if rpps else "||"
    return f"{kind}|{address}|{held}|{'FINESS' if structure else ''}|{structure}|{service}|||"
