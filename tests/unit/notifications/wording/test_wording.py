"""What a message may say: one segment, the alias, and nothing else of the person."""

import dataclasses
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.circle import alias as aliases
from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.obligations import catalogue
from services.notifications.domain.wording import mail, sms, texts
from services.notifications.domain.wording.context import NoWordingError, WordingContext

CARER_FACTS: tuple[catalogue.FactKind, ...] = (
    "admission.occurred",
    "transfer.arrived",
    "discharge.occurred",
    "care.at_home",
    "person.merged",
)
RENDER = {"sms": sms.render, "email": mail.render}
LINK = "https://relais.exemple.fr/s/Ab3dE9xKzzz"
PHONE = "05 36 49 00 00"
MOMENT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
TOLD = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)

# Words that would hint at health, identity or a place. Mentions that none of it is said are allowed apart.
LEXICON = """
diagnos maladie malade cancer oncolog psychiatr cardio gériatr geriatr urgence réanim soins palliatifs
chirurg opération décès décédé mort addict alcool grossesse accouche vih sida alzheimer démence chute
handicap ehpad hôpital hopital clinique chu service unité chambre docteur traitement médicament
monsieur madame patient résident ins nir naissance finess
"""

# One choice for a whole text, and none of a character that is always refused.
alias_strategy = st.text(
    "abcdefghijklmnopqrstuvwxyzABCÉÈéèàùçêôîâûœñüößŒ '-", min_size=1, max_size=aliases.LONGEST
).filter(lambda text: aliases.problem(text) is None)
moments = st.datetimes(timezones=st.just(UTC))


def _every_kind() -> list[str]:
    return [
        kind
        for fact in catalogue.FACT_KINDS
        for kind in (fact, catalogue.corrected(fact), catalogue.retracted(fact))
    ]


def _carer_kinds() -> list[str]:
    return [kind for kind in _every_kind() if catalogue.fact_of(kind) in CARER_FACTS]


def _context(alias: str | None = "Mamie", **other: Any) -> WordingContext:
    known = WordingContext(
        recipient="carer", alias=alias, occurred_at=MOMENT, link=LINK, phone=PHONE, corrects_sent_at=TOLD
    )
    return dataclasses.replace(known, **other)


@pytest.mark.parametrize("kind", _carer_kinds())
@given(
    alias=st.none() | alias_strategy,
    occurred_at=moments,
    told=st.none() | moments,
    link_characters=st.integers(12, 90),
    late=st.booleans(),
    present=st.none() | st.booleans(),
)
def test_every_sms_is_one_gsm7_segment(
    kind: str,
    alias: str | None,
    occurred_at: datetime,
    told: datetime | None,
    link_characters: int,
    *,
    late: bool,
    present: bool | None,
) -> None:
    known = _context(alias, occurred_at=occurred_at, corrects_sent_at=told, sent_at=MOMENT, late=late)
    link = "https://relais.exemple.fr/s/".ljust(link_characters, "x")
    text = sms.render(kind, dataclasses.replace(known, link=link, present=present)).text
    split = smsutil.split(text)
    assert (split.encoding, len(split.parts)) == ("gsm0338", 1)
    assert PHONE in text


@pytest.mark.parametrize("kind", _carer_kinds())
def test_a_plain_sms_holds_the_link_for_the_longest_alias(kind: str) -> None:
    if not catalogue.is_retracted(kind):
        assert LINK in sms.render(kind, _context("M" * aliases.LONGEST)).text


# Without ESC: the alphabet's own sign for "the next one is of the extension", which is no character.
_characters = st.sampled_from(sorted(sms.BASIC | sms.EXTENDED)) | st.characters(exclude_characters="\x1b")


@given(text=st.text(_characters, min_size=1, max_size=200))
def test_the_count_of_septets_agrees_with_an_independent_one(text: str) -> None:
    septets = sms.septets(text)
    assert (septets is not None) == smsutil.is_valid_gsm(text)
    if septets is not None:
        assert (septets <= sms.SEGMENT_SEPTETS) == (len(smsutil.split(text).parts) == 1)


def test_the_french_of_each_sms() -> None:
    said = {kind: sms.render(kind, _context()).text for kind in _carer_kinds()}
    end = f"Détails et contact : {LINK} ou {PHONE}"
    assert said["admission.occurred"] == (
        f"Parcours : Mamie est en établissement depuis le 23/11 à 14h05. {end}"
    )
    assert said["transfer.arrived"] == (
        f"Parcours : Mamie a bien rejoint son nouvel établissement, le 23/11 à 14h05. {end}"
    )
    assert said["discharge.occurred"] == f"Parcours : Mamie a quitté l'établissement le 23/11 à 14h05. {end}"
    assert said["admission.occurred.corrected"].startswith("Parcours : CHANGEMENT. Mamie est en")
    assert said["admission.occurred.retracted"] == (
        "Parcours : ERREUR de notre part. Ne tenez pas compte du message du 23/11 à 10h15 concernant Mamie. "
        f"Contact : {PHONE}"
    )


def test_a_moment_of_another_year_names_it() -> None:
    new_year = datetime(2027, 1, 2, 8, 0, tzinfo=UTC)
    context = _context(sent_at=new_year)
    assert "le 23/11/2026 à 14h05" in sms.render("discharge.occurred", context).text
    assert "lundi 23 novembre 2026 à 14h05" in mail.render("discharge.occurred", context).text
    assert "Monday 23 November 2026 at 14:05" in mail.render("discharge.occurred", context).text
    assert "2026" not in sms.render("discharge.occurred", _context(sent_at=MOMENT)).text


def test_late_news_says_so() -> None:
    context = _context(late=True)
    assert sms.render("discharge.occurred", context).text == (
        f"Parcours : information tardive. Mamie a quitté l'établissement le 23/11 à 14h05. "
        f"Détails et contact : {LINK} ou {PHONE}"
    )
    text = mail.render("discharge.occurred", context).text
    assert "nous venons seulement de l'apprendre" in text
    assert "we have only just learned of it" in text


def test_who_is_in_an_establishment_has_not_left_it() -> None:
    context = _context(present=True)
    said = "Mamie a terminé un séjour le 23/11 à 14h05 et est en établissement"
    assert said in sms.render("discharge.occurred", context).text
    assert "is in a care establishment" in mail.render("discharge.occurred", context).text


@pytest.mark.parametrize(
    ("fact", "present", "now"),
    [
        ("discharge.occurred", True, "Mamie est toujours en établissement"),
        ("admission.occurred", True, "Mamie est en établissement"),
        ("admission.occurred", False, "Mamie n'est pas en établissement"),
        ("transfer.arrived", False, "Son arrivée n'est pas confirmée"),
    ],
)
def test_a_retraction_says_what_is_true_now(fact: str, now: str, *, present: bool) -> None:
    context = _context(present=present)
    assert sms.render(f"{fact}.retracted", context).text.endswith(f"{now}. Contact : {PHONE}")
    assert f"{now}." in mail.render(f"{fact}.retracted", context).text
    assert now not in sms.render(f"{fact}.retracted", _context(None, present=present)).text


def test_a_discreet_carer_is_told_that_there_is_news_but_not_which() -> None:
    texts = {sms.render(fact, _context(None)).text for fact in CARER_FACTS}
    assert texts == {
        f"Parcours : une nouvelle information vous attend. Consultez-la : {LINK} ou appelez le {PHONE}"
    }
    mails = {mail.render(fact, _context(None)).text for fact in CARER_FACTS}
    assert len(mails) == 1


def test_the_context_has_no_room_for_anything_else() -> None:
    assert {field.name for field in dataclasses.fields(WordingContext)} == {
        "recipient",
        "alias",
        "occurred_at",
        "link",
        "phone",
        "corrects_sent_at",
        "sent_at",
        "late",
        "present",
    }


@pytest.mark.parametrize("medium", ["sms", "email"])
@pytest.mark.parametrize("kind", _every_kind())
def test_no_text_holds_a_word_of_the_lexicon(kind: str, medium: ChannelName) -> None:
    for context in (
        _context(),
        _context(None),
        _context(None, recipient="professional"),
        _context(corrects_sent_at=None),
        _context(late=True, present=False),
        _context(present=True),
    ):
        try:
            rendered = RENDER[medium](kind, context)
        except NoWordingError:
            continue
        said = f"{rendered.subject} {rendered.text} {re.sub('<[^>]*>', ' ', rendered.html or '')}".lower()
        for denial in (texts.FOOTER_FR, texts.FOOTER_EN):
            said = said.replace(denial.lower(), "")
        found = [word for word in LEXICON.split() if re.search(rf"\b{re.escape(word)}", said)]
        assert found == []


@pytest.mark.parametrize("kind", _every_kind())
def test_a_professional_is_told_every_fact_by_email_without_any_name(kind: str) -> None:
    rendered = mail.render(kind, _context(None, recipient="professional"))
    assert rendered.subject is not None
    assert rendered.subject.startswith("Parcours : ")
    assert "personne" in rendered.subject
    assert LINK in rendered.text
    assert rendered.html is not None
    assert LINK in rendered.html


def test_a_desk_can_sort_its_mail_by_subject() -> None:
    subjects = {mail.render(kind, _context(None, recipient="professional")).subject for kind in _every_kind()}
    assert len(subjects) == len(_every_kind())
    assert "Parcours : arrivée non confirmée d'une personne, à vérifier" in subjects
    assert "Parcours : CHANGEMENT, une personne est attendue chez vous" in subjects


def test_a_professional_is_never_told_by_sms() -> None:
    with pytest.raises(NoWordingError):
        sms.render("transfer.departed", _context(None, recipient="professional"))


@pytest.mark.parametrize("fact", ["transfer.departed", "transfer.overdue"])
def test_a_carer_is_not_told_what_only_units_can_act_on(fact: str) -> None:
    with pytest.raises(NoWordingError):
        sms.render(fact, _context())
    with pytest.raises(NoWordingError):
        mail.render(fact, _context())


def test_an_email_speaks_french_first_and_marks_each_language() -> None:
    rendered = mail.render("admission.occurred.corrected", _context())
    assert rendered.subject == "Parcours : CHANGEMENT concernant Mamie"
    french, english = rendered.text.split("-- English --")
    assert "lundi 23 novembre à 14h05" in french
    assert "celui du lundi 23 novembre à 10h15" in french
    assert "Monday 23 November at 14:05" in english
    assert rendered.html is not None
    assert rendered.html.index('lang="fr"') < rendered.html.index('lang="en"')
    assert 'role="presentation"' in rendered.html


def test_nothing_in_an_alias_or_a_link_becomes_markup() -> None:
    rendered = mail.render("admission.occurred", _context("<b>'&", link='https://x.fr/"onclick="'))
    assert rendered.html is not None
    assert "<b>" not in rendered.html
    assert '"onclick="' not in rendered.html


def test_an_sms_folds_the_accents_that_would_double_its_price() -> None:
    assert "Francoise est en" in sms.render("admission.occurred", _context("Françoise")).text
    assert "Françoise" in mail.render("admission.occurred", _context("Françoise")).text


def test_the_evidence_names_the_template_and_its_version() -> None:
    template = sms.render("admission.occurred", _context()).template
    assert re.fullmatch(r"admission\.occurred/carer-sms@[0-9a-f]{12}", template)
    assert template == sms.render("admission.occurred", _context("Papi")).template


def test_a_page_says_the_fact_of_a_correction_without_its_mood() -> None:
    context = _context()
    assert mail.sentence("admission.occurred.retracted", context, language="fr") == (
        "Mamie est en établissement depuis le lundi 23 novembre à 14h05."
    )
