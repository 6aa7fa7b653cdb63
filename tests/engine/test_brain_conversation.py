"""What a first-time user says to the rule brain in the first minutes."""

# ruff: noqa: E501 -- tables read better on one line
from itertools import pairwise

import pytest
from brain_talk import talk

from realtime_lab.engine.brain.clauses import clauses
from realtime_lab.engine.brain.memory import Memory
from realtime_lab.engine.brain.persons import to_you
from realtime_lab.engine.brain.phrases import JOKES
from realtime_lab.engine.sentences import split_sentences


class TestSeveralThingsAtOnce:
    @pytest.mark.parametrize(
        "said",
        [
            "Hello there, my name is Ada.", "hello there my name is ada", "Hi, I'm Ada",
            "hi i'm ada", "good morning this is ada", "Hello, call me Ada!",
            "hello my name's ada nice to meet you", "Hey! I'm Ada and this is my first time here.",
        ],
    )  # fmt: skip
    def test_a_greeting_with_a_name_is_greeted_by_name_and_kept(self, said):
        greeted, recalled = talk(said, "What is my name?")
        assert "Ada!" in greeted
        assert recalled == "Your name is Ada."

    def test_a_fact_is_kept_whatever_was_answered(self):
        *_, recalled = talk("my name is Eva, what is two plus two?", "tell me a joke", "who am i")
        assert recalled == "Your name is Eva."

    def test_each_part_is_answered_and_only_the_last_goes_on(self):
        (answer,) = talk("hello how are you")
        assert answer.startswith("Hello!")
        assert answer.count("?") == 1
        (answer,) = talk("what is the capital of norway and what is two plus two")
        assert "Oslo" in answer
        assert "4" in answer

    def test_parts_without_punctuation(self):
        assert clauses("hello there my name is ada what is yours") == [
            "hello there", "my name is ada", "what is yours",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "said", ["salt and pepper", "I want a cat and a dog", "hello", "hi Bob"]
    )
    def test_what_belongs_together_stays(self, said):
        assert clauses(said) == [said]


class TestFacts:
    @pytest.mark.parametrize(
        ("told", "asked", "answer"),
        [
            ("my dog is called Rex", "what is my dog called", "Your dog is called Rex."),
            ("My dog's name is Rex.", "What's the name of my dog?", "Your dog is called Rex."),
            ("i have a dog called rex", "who is rex", "Your dog is called Rex."),
            ("I have two cats", "how many cats do I have", "You have two cats."),
            ("I have two cats", "do i have a cat", "Yes, you have two cats."),
            ("I hate cheese", "do I like cheese?", "No, you do not like cheese."),
            ("my favourite colour is green", "what's my favorite color", "Your favourite colour is green."),
            ("green is my favourite colour", "what is my favourite colour", "Your favourite colour is green."),
            ("I am 30 years old", "how old am I", "You are 30 years old."),
            ("i live in oslo", "where do i live", "You live in Oslo."),
            ("I'm a nurse", "what is my job", "You are a nurse."),
            ("my sister lives in paris", "where does my sister live", "Your sister lives in Paris."),
            ("the meeting is at three", "when is the meeting", "The meeting is at three."),
            ("I play the guitar and I speak French", "what do i play", "You play the guitar and you speak French."),
            ("I'm allergic to nuts", "what am I allergic to", "You are allergic to nuts."),
        ],
    )  # fmt: skip
    def test_it_gives_back_what_it_was_told(self, told, asked, answer):
        assert talk(told, asked)[-1] == answer

    @pytest.mark.parametrize(
        "corrected",
        ["no, my name is Eva", "No, I'm Eva.", "actually it's Eva", "sorry i meant eva"],
    )
    def test_a_correction_counts(self, corrected):
        assert talk("my name is Ada", corrected, "what is my name")[-1] == "Your name is Eva."

    @pytest.mark.parametrize(
        "said",
        [
            "i am tired", "I'm hungry", "i'm fine thanks", "I am not sure", "this is great",
            "I'm Norwegian", "call me later", "my boss thinks i should work harder",
            "I have a question", "i like it", "is my name Ada?",
        ],
    )  # fmt: skip
    def test_what_is_no_fact_is_not_kept(self, said):
        assert not Memory.of([said]).facts

    def test_what_is_known_is_told_once_each(self):
        told = ("hi i'm ada", "I have a dog called Rex and I like tea", "what do you know about me")
        assert talk(*told)[-1] == (
            "You told me that your name is Ada, you have a dog called Rex and you like tea."
        )

    @pytest.mark.parametrize(
        "asked",
        ["What did I tell you first?", "do you remember what I told you first?",
         "what was the first thing i told you"],
    )  # fmt: skip
    def test_what_was_told_first(self, asked):
        answers = talk("Hello there, my name is Ada.", "I live in Oslo", asked)
        assert answers[-1] == "The first thing you told me is that your name is Ada."

    @pytest.mark.parametrize("asked", ["what have I told you", "what do you know about me"])
    def test_nothing_told_is_said_so(self, asked):
        assert "not told me anything" in talk("hello", asked)[-1]


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("you told me", "I told you"),
        ("what i told you first", "what you told me first"),
        ("do you remember my dog", "do I remember your dog"),
        ("i am sure that you are right", "you are sure that I am right"),
        ("i was there and you were not", "you were there and I was not"),
        ("my dog likes you", "your dog likes me"),
    ],
)
def test_persons_are_turned(said, turned):
    assert to_you(said) == turned


class TestWorld:
    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ("what is the capital of france", "The capital of France is Paris."),
            ("Capital of the United Kingdom?", "The capital of the United Kingdom is London."),
            ("how many legs does a spider have", "A spider has eight legs."),
            ("why is the sky blue", "The air scatters"),
            ("tell me about the moon", "The moon goes around"),
            ("what is machine learning", "Machine learning means"),
        ],
    )
    def test_common_facts(self, asked, told):
        assert told in talk(asked)[0]

    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ("what is the capital of atlantis", "I don't know the capital of Atlantis"),
            ("Who is the president of France?", "I don't know who the president of France is"),
            ("how do planes fly", "I don't know how planes fly"),
            ("tell me about quantum physics", "I know nothing about quantum physics"),
            ("can you fix my car", "I can't fix your car"),
        ],
    )
    def test_it_is_plain_about_what_it_does_not_know(self, asked, told):
        assert told in talk(asked)[0]


STATEMENTS = (
    "the sea is blue today", "i went to the market yesterday", "my boss thinks i should rest",
    "the sun shines on the hills", "he was not an ill disposed young man", "nobody came to the hall",
)  # fmt: skip


def test_a_statement_is_quoted_and_asked_about_in_changing_words():
    answers = talk(*STATEMENTS)
    for said, answer in zip(STATEMENTS, answers, strict=True):
        assert f'"{said}.' in answer
        assert answer.endswith(("?", "that."))
    leads = [answer.split('"')[0] for answer in answers]
    follows = [answer.rsplit('" ')[-1] for answer in answers]
    assert all(a != b for a, b in pairwise(leads))
    assert all(a != b for a, b in pairwise(follows))


def test_answers_are_short_unless_a_story_is_asked_for():
    lines = ("hello", "i'm ada", "who are you", "what can you do", "tell me about love",
             "how are you", "what do you know about me", *STATEMENTS)  # fmt: skip
    for line, answer in zip(lines, talk(*lines), strict=True):
        assert len(list(split_sentences(answer))) <= 3, (line, answer)
        assert len(answer) < 240, (line, answer)


@pytest.mark.parametrize("line", ["hello", "tell me a story", "what is 2 + 2", "go on", "hm", ""])
def test_no_answer_ends_in_white_space(line):
    for instructions in ("", "You are a pirate.", "Be brief.", "Use simple words."):
        (answer,) = talk(line, instructions=instructions)
        assert answer == answer.strip()


def test_another_one_is_another_of_the_same():
    first, _, second = talk("tell me a joke", "haha", "another one")
    assert second != first
    assert '"another one' not in second


def test_a_yes_takes_what_was_offered():
    offered, joke = talk("i feel lonely", "yes please")
    assert "joke" in offered
    assert joke in JOKES


def test_notes_are_given_back_alone():
    answers = talk("i'm ada", "remember to buy milk", "what did i ask you to remember")
    assert answers[-1] == "You asked me to remember: to buy milk."


@pytest.mark.parametrize(
    "line",
    ["what's up", "do you have feelings", "are you listening", "can i ask you something",
     "i have to go now", "nevermind", "i don't know", "what can i say", "can you see me",
     "how do you work", "why", "what do you mean", "i don't understand", "can you help me"],
)  # fmt: skip
def test_what_everybody_says_has_its_answer(line):
    (answer,) = talk(line)
    assert "only a set of rules" not in answer
    assert f'"{line}' not in answer


def test_asking_for_a_language_it_might_speak_changes_nothing():
    assert talk("can you speak german", "what is 2 plus 2")[-1] == "That is 4."
