"""Conversations with the rule brain."""

import asyncio
from datetime import datetime

import pytest

from realtime_lab.engine import (
    EspeakSynthesizer,
    Message,
    Prompt,
    RuleBrain,
    ToolCall,
    ToolSpec,
    demo_phrases,
    hints,
)
from realtime_lab.engine.brain.phrases import JOKES, STORIES
from realtime_lab.engine.brain.wording import digits, plain


def reply(messages, instructions="", brain=None, **prompt):
    brain = brain or RuleBrain()

    async def collect():
        return [p async for p in brain.reply(Prompt(instructions, messages, **prompt))]

    return asyncio.run(collect())


def converse(*lines, instructions="", brain=None, **prompt):
    """Say the lines one after the other; the last answer as text."""
    messages, answer = [], ""
    for line in lines:
        messages.append(Message("user", line))
        answer = "".join(reply(messages, instructions, brain, **prompt))
        messages.append(Message("assistant", answer))
    return answer


@pytest.mark.parametrize(
    ("told", "asked", "expected"),
    [
        ("My name is Ada.", "What is my name?", "Ada"),
        ("hello my name is ada", "who am i", "Ada"),
        ("Call me Bob", "do you remember my name", "Bob"),
        ("I live in Oslo.", "where do i live", "Oslo"),
        ("My favourite colour is green.", "what's my favorite color?", "green"),
        ("Remember that the code is 42.", "what is the code", "42"),
        ("please remember the password is swordfish", "what was the password", "swordfish"),
        ("My name is Ada and I live in Oslo.", "Where do I live?", "Oslo"),
        ("I am thirty years old", "how old am i", "thirty"),
        ("my dog is called Rex and my cat is called Tom", "what do you know about me", "Rex"),
    ],
)
def test_it_remembers_what_it_was_told(told, asked, expected):
    assert expected in converse(told, "how are you", asked)


def test_the_latest_fact_counts():
    assert "Grace" in converse("my name is Ada", "my name is Grace", "what is my name")


def test_it_says_when_it_was_not_told():
    assert "not told me" in converse("hello", "what is my name")


def test_a_question_tells_no_fact():
    assert "not told me" in converse("is my name Ada?", "what is my name")


def test_it_forgets_when_asked():
    assert "Ada" not in converse("my name is Ada", "forget everything", "what is my name")


def test_it_knows_what_was_said_first():
    assert "the sea is blue" in converse("the sea is blue", "hello", "what did I say first")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("what is two plus two", "4"),
        ("What's 12 times (3 + 4)?", "84"),
        ("ten percent of fifty", "5"),
        ("square root of 81", "9"),
        ("what is one hundred and five minus six", "99"),
        ("seven divided by two", "3.5"),
        ("divide ten by zero", "divided by zero"),
        ("count from one to five", "1, 2, 3, 4, 5."),
        ("count down from three", "3, 2, 1, 0."),
        ("spell cat", "C, A, T."),
        ("how many letters are in the word hello", "5"),
        ("repeat after me: The rain in Spain.", "The rain in Spain."),
        ("say exactly hello world", "Hello world"),
        ("ten of clubs", "ten of clubs"),
        ("four queen of clubs", "queen of clubs"),
        ("go forward ten meters", "forward 10 meters"),
        ("play some music", "I can't play music"),
        ("send an email to Bob", "I can't send messages"),
        ("what time is it", "no clock"),
        ("who made you", "authors"),
        ("are you a real person", "rule-based"),
        ("", "did not catch"),
        ("uh the", "did not catch that; I heard: uh the"),
        ("he was not an ill disposed young man", "ill disposed young man"),
    ],
)
def test_it_answers_to_the_point(said, expected):
    assert expected in converse(said)


@pytest.mark.parametrize("sum_", ["9 ** 9 ** 9", "2 to the power of 99999", "1e999 + 1", "(((("])
def test_a_monstrous_sum_does_no_harm(sum_):
    assert converse(f"what is {sum_}")


def test_it_tells_the_time_it_is_given():
    brain = RuleBrain(now=lambda: datetime(2025, 5, 4, 13, 7))
    assert "13:07" in converse("what time is it", brain=brain)
    assert "Sunday, May 4" in converse("what day is it today", brain=brain)


def test_the_voice_it_names_is_the_one_it_speaks_with():
    assert "coral" in converse("which voice is this", voice="coral")


def test_a_story_lasts_a_minute_and_can_be_gone_on_with():
    messages = [Message("user", "tell me a long story")]
    pieces = reply(messages)
    assert len(pieces) > 15

    async def seconds(text):
        return sum([len(c.pcm) / 48_000 async for c in EspeakSynthesizer().speak(text, "verse")])

    for story in STORIES:
        assert asyncio.run(seconds(story)) > 60
    heard = [*messages, Message("assistant", "".join(pieces[:4])), Message("user", "go on")]
    assert reply(heard) == pieces[4:]


def test_it_does_not_tell_the_same_joke_twice():
    messages, told = [], []
    for _ in JOKES:
        messages.append(Message("user", "tell me a joke"))
        told.append("".join(reply(messages)))
        messages.append(Message("assistant", told[-1]))
    assert len(set(told)) == len(JOKES)


def test_the_same_prompt_gets_the_same_answer_and_another_seed_may_differ():
    answers = {converse("hello", brain=RuleBrain(seed=seed)) for seed in range(8)}
    assert len(answers) > 1
    assert converse("hello", brain=RuleBrain(seed=3)) == converse("hello", brain=RuleBrain(seed=3))


def test_several_sentences_get_several_answers():
    answer = converse("My name is Ada. What is two plus three?")
    assert "Ada" in answer
    assert "5" in answer


def test_pieces_are_sentences():
    assert reply([Message("user", "what can you do")])[0].endswith(". ")


def test_without_a_user_it_opens_the_conversation():
    assert "Iris" in "".join(reply([], "You are a librarian named Iris."))


class TestInstructions:
    def test_a_persona_has_a_name_and_a_role(self):
        answer = converse("who are you", instructions="You are a librarian named Iris.")
        assert "Iris, a librarian" in answer
        assert "rule-based" in answer

    def test_a_pirate_speaks_like_one(self):
        answer = converse("what is your name", instructions="You are a pirate called Jack.")
        assert "Me name be Jack" in answer

    def test_the_user_may_ask_for_a_manner(self):
        answer = converse("please speak like a pirate", "what is your name")
        assert "Me voice" in answer

    def test_one_word(self):
        for line in ("hello", "what is 2 + 2", "are you a robot", "tell me about the sea"):
            assert len(converse(line, instructions="Answer in one word.").split()) == 1

    def test_one_sentence(self):
        answer = converse("what can you do", instructions="Always answer in one sentence.")
        assert answer.count(".") == 1

    def test_brief(self):
        full = converse("what can you do", tools=[ToolSpec("x")])
        short = converse("what can you do", tools=[ToolSpec("x")], instructions="Be brief.")
        assert len(short) < len(full)

    def test_a_fixed_start_and_end(self):
        instructions = "Start every answer with 'Well'. Always end with \"Happy reading!\""
        answer = converse("hello", instructions=instructions)
        assert answer.startswith("Well, ")
        assert answer.endswith("Happy reading!")

    def test_simple_words(self):
        answer = converse("what are you", instructions="Use simple words and short sentences.")
        assert "offline" not in answer
        assert "no internet" in answer

    def test_another_language_is_a_few_phrases_and_says_so(self):
        german = "Answer in German."
        assert converse("hello", instructions=german) == "Guten Tag!"
        assert "nur wenige Sätze" in converse("what is 3 plus 4", instructions=german)
        assert "can't speak Italian" in converse("hello", instructions="Answer in Italian.")

    def test_a_plain_assistant_is_no_persona(self):
        answer = converse("who are you", instructions="You are a helpful assistant.")
        assert answer.startswith("I am a rule-based")


def test_the_demo_phrases_are_understood():
    for phrase in demo_phrases():
        answer = converse("My code is 1", phrase)
        assert not any(
            lead in answer and phrase in plain(answer)
            for lead in (
                "You said:",
                "I heard you say:",
                "So, ",
                "beyond my rules",
                "did not catch",
            )
        ), (phrase, answer)


def test_hints_hold_what_the_session_may_hear():
    room = {"type": "string", "enum": ["kitchen", "living_room"]}
    tool = ToolSpec("set_light", "", {"type": "object", "properties": {"room": room}})
    expected = hints([tool], "You work for Iris in Oslo.")
    assert {"hello", "set light living room", "kitchen"} <= set(expected.phrases)
    assert {"kitchen", "living", "iris", "oslo"} <= set(expected.words)
    assert all(phrase == plain(phrase) for phrase in expected.phrases)


def test_hints_stay_small_for_many_enums():
    values = [chr(ord("a") + n) * 3 for n in range(26)]
    many = {f"p{n}": {"type": "string", "enum": values} for n in range(6)}
    tool = ToolSpec("choose", "", {"type": "object", "properties": many})
    assert len(hints([tool]).phrases) < len(demo_phrases()) + 60


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("twenty three", "23"),
        ("twenty-three point five degrees", "23.5 degrees"),
        ("two hundred and five", "205"),
        ("one thousand two hundred", "1200"),
        ("four two", "4 2"),
        ("minus five", "-5"),
        ("salt and pepper", "salt and pepper"),
        ("one, two", "1, 2"),
        ("nineteen forty", "19 40"),
    ],
)
def test_spoken_numbers(spoken, written):
    assert digits(spoken) == written


def test_a_call_that_was_made_is_no_text_in_the_conversation():
    call = ToolCall("get_time", "{}", "c1")
    messages = [
        Message("user", "my name is Ada"),
        Message("assistant", call=call),
        Message("tool", '{"time": "noon"}', call_id="c1"),
        Message("assistant", "The time is noon."),
        Message("user", "what is my name"),
    ]
    assert "Ada" in "".join(reply(messages))
