"""Personas and manners that instructions ask of the rule brain."""

# ruff: noqa: E501 -- tables read better on one line
import pytest
from brain_talk import talk

from realtime_lab.engine.brain.personas import manner_in, name_in, role_in
from realtime_lab.server.settings import DEFAULT_INSTRUCTIONS

SERVICE_DEFAULT = (
    "You are a helpful, witty, and friendly AI. Act like a human, but remember that you aren't a "
    "human. Your voice and personality should be warm and engaging. Talk quickly. You should "
    "always call a function if you can."
)


@pytest.mark.parametrize(
    ("instructions", "name", "role"),
    [
        ("You are a pirate captain called Redbeard. Talk like a pirate.", "Redbeard", "pirate captain"),
        ("You are a librarian named Iris. Be brief.", "Iris", "librarian"),
        ("You are Iris, a librarian.", "Iris", "librarian"),
        ("You are Captain Redbeard, the terror of the seas.", "Captain Redbeard", "terror"),
        ("You are a grumpy, old wizard named Merlin who hates mornings.", "Merlin", "grumpy old wizard"),
        ("You are a chef, and you speak of nothing but soup.", "", "chef"),
        ("Your name is Ada.", "Ada", ""),
        ("You are a spy.", "", "spy"),
        (SERVICE_DEFAULT, "", ""),
        (DEFAULT_INSTRUCTIONS, "", ""),
        ("You are a helpful assistant.", "", ""),
        ("You are a helpful and friendly assistant that answers questions.", "", ""),
        ("You are a bubbly, sarcastic AI named Max.", "Max", ""),
        ("You are helpful.", "", ""),
        ("You are an AI language model.", "", ""),
        ("Use the function called get_weather. Speak in English.", "", ""),
    ],
)  # fmt: skip
def test_a_persona_is_a_name_or_a_noun(instructions, name, role):
    assert (name_in(instructions), role_in(instructions)) == (name, role)


def test_a_manner_needs_no_role():
    assert manner_in("Talk like a pirate.") == "pirate"
    assert role_in("Talk like a pirate.") == ""


@pytest.mark.parametrize("instructions", ["", SERVICE_DEFAULT, DEFAULT_INSTRUCTIONS])
def test_without_a_persona_it_is_the_voice_of_the_lab(instructions):
    greeted, who = talk("hello", "who are you", instructions=instructions)
    assert greeted.startswith("Hello! I am the embedded voice of this lab.")
    assert who.startswith("I am a rule-based stand-in")


PIRATE = "You are a pirate captain called Redbeard. Talk like a pirate."
PIRATE_WORDS = ("ahoy", "aye", "arr", "matey", "avast", "yo ho", "shiver")


@pytest.mark.parametrize(
    "line",
    ["hello", "what is nineteen plus twenty three", "tell me about the sea", "I like ships",
     "tell me a joke", "the weather turns", "who are you", "tell me a story"],
)  # fmt: skip
def test_a_pirate_is_heard_in_every_answer(line):
    (answer,) = talk(line, instructions=PIRATE)
    assert any(word in answer.lower() for word in PIRATE_WORDS), answer


def test_a_sum_stays_right_in_a_manner():
    assert "42" in talk("What is nineteen plus twenty three?", instructions=PIRATE)[0]


def test_a_manner_leaves_the_words_of_the_user_alone():
    assert '"my ship is yours.' not in talk("my ship is yours", instructions=PIRATE)[0]
    assert (
        '"the waves are yours, hello.' in talk("the waves are yours, hello", instructions=PIRATE)[0]
    )


def test_a_persona_remembers_too():
    answers = talk("Hello there, my name is Ada.", "What is my name?", instructions=PIRATE)
    assert answers[0].startswith("Ahoy, Ada!")
    assert "Yer name be Ada" in answers[1]


BEGINNER = "The user is a beginner (A1). Use short sentences and simple words."


@pytest.mark.parametrize(
    "line",
    ["what is machine learning", "what is a parser", "tell me about love", "who are you",
     "i went to the machine shop", "hello"],
)  # fmt: skip
def test_simple_words_make_whole_sentences(line):
    (answer,) = talk(line, instructions=BEGINNER)
    assert "computer learning" not in answer
    assert "You asked." not in answer
    assert "You said. " not in answer
    for sentence in answer.replace('"', "").split(". "):
        assert len(sentence.split()) <= 16, answer
