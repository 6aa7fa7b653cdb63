"""The rule brain and the tools of a session."""

import asyncio
import json

import pytest

from realtime_lab.engine import Message, Prompt, RuleBrain, ToolCall, ToolSpec

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def tool(name, description, required=(), **properties):
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return ToolSpec(name, description, schema)


TOOLS = [
    tool("get_weather", "Get the current weather for a city.", ["city"], city=TEXT,
         unit={"type": "string", "enum": ["celsius", "fahrenheit"]}),
    tool("set_light", "Turn a light in a room on or off, or dim it", ["room", "on"],
         room={"type": "string", "enum": ["kitchen", "living_room", "bedroom"]},
         on={"type": "boolean"}, brightness={"type": "integer", "description": "in percent"}),
    tool("set_timer", "Start a countdown timer", ["minutes"], minutes=NUMBER, label=TEXT),
    tool("send_message", "Send a text message to a contact", ["recipient", "text"],
         recipient=TEXT, text=TEXT),
    tool("book_table", "Reserve a table at a restaurant", ["restaurant", "people"],
         restaurant=TEXT, people={"type": "integer", "description": "number of guests"},
         date=TEXT, time=TEXT),
    tool("roll_dice", "Roll dice", [], sides=NUMBER, count=NUMBER),
    tool("search_flights", "Search flights between two cities", ["origin", "destination"],
         origin=TEXT, destination=TEXT, date=TEXT),
    tool("play_music", "Play a song or an artist", ["query"], query=TEXT),
    tool("get_order_status", "Look up the status of an order", ["order_id"], order_id=TEXT),
]  # fmt: skip
QUESTIONS = ("Which city?", "Which room: kitchen, living room or bedroom?", "How many minutes?",
             "Who is it for?", "What should it say?",
             "What should I play?", "Which restaurant?")  # fmt: skip


def reply(*messages, tools=TOOLS, **prompt):
    async def collect():
        return [p async for p in RuleBrain().reply(Prompt("", messages, tools, **prompt))]

    return asyncio.run(collect())


def calls(said, **prompt):
    pieces = reply(Message("user", said), **prompt)
    return [(p.name, json.loads(p.arguments)) for p in pieces if isinstance(p, ToolCall)]


@pytest.mark.parametrize(
    ("said", "name", "arguments"),
    [
        ("what is the weather in Oslo", "get_weather", {"city": "Oslo"}),
        ("weather in new york in fahrenheit please", "get_weather",
         {"city": "New York", "unit": "fahrenheit"}),
        ("Do I need an umbrella in London?", "get_weather", {"city": "London"}),
        ("turn on the kitchen light", "set_light", {"room": "kitchen", "on": True}),
        ("switch off the lights in the living room", "set_light",
         {"room": "living_room", "on": False}),
        ("dim the bedroom light to twenty three percent", "set_light",
         {"room": "bedroom", "on": True, "brightness": 23}),
        ("set a timer for twenty five minutes", "set_timer", {"minutes": 25}),
        ("send a message to Bob saying I will be late", "send_message",
         {"recipient": "Bob", "text": "I will be late"}),
        ("Send a message to Ann: \"see you at 5\"", "send_message",
         {"recipient": "Ann", "text": "see you at 5"}),
        ("book a table for four at Luigi's tomorrow at 7 pm", "book_table",
         {"restaurant": "Luigi's", "people": 4, "date": "tomorrow", "time": "7 pm"}),
        ("roll two dice with 20 sides", "roll_dice", {"sides": 20, "count": 2}),
        ("find flights from Oslo to Paris next friday", "search_flights",
         {"origin": "Oslo", "destination": "Paris", "date": "next friday"}),
        ("play yesterday by the beatles", "play_music", {"query": "yesterday by the beatles"}),
        ("where is my order A17", "get_order_status", {"order_id": "A17"}),
    ],
)  # fmt: skip
def test_it_calls_what_the_utterance_asks_for(said, name, arguments):
    assert calls(said) == [(name, arguments)]


@pytest.mark.parametrize(
    "said",
    [
        "hello", "how are you", "tell me a joke", "my name is Ada", "I like sunny weather",
        "what is your name", "thank you", "tell me a long story", "what is two plus two",
        "I was in Paris last summer", "good morning, nice weather today", "what can you do",
        "he was not an ill disposed young man", "go forward ten meters", "ten of clubs",
        "repeat after me: what is the weather in Oslo", "",
    ],
)  # fmt: skip
def test_small_talk_calls_nothing_and_asks_for_nothing(said):
    pieces = reply(Message("user", said))
    assert not [p for p in pieces if isinstance(p, ToolCall)]
    assert "".join(pieces) not in QUESTIONS


@pytest.mark.parametrize("said", ["weather in oslo and in paris", "Weather in Oslo and Paris?"])
def test_two_places_are_two_calls(said):
    assert [arguments["city"].title() for _, arguments in calls(said)] == ["Oslo", "Paris"]


def test_two_orders_are_two_calls():
    assert calls("Turn on the kitchen light and set a timer for five minutes") == [
        ("set_light", {"room": "kitchen", "on": True}),
        ("set_timer", {"minutes": 5}),
    ]


def test_it_asks_for_what_is_missing_and_uses_the_answer():
    asked = [Message("user", "send a message")]
    for answer in ("to Bob", "I am late"):
        question = "".join(reply(*asked))
        assert question.endswith("?")
        asked += [Message("assistant", question), Message("user", answer)]
    (call,) = reply(*asked)
    assert json.loads(call.arguments) == {"recipient": "Bob", "text": "I am late"}


def test_a_question_names_the_choices():
    question = "".join(reply(Message("user", "turn on the light")))
    assert "kitchen, living room or bedroom" in question


def test_the_user_may_change_their_mind():
    question = "".join(reply(Message("user", "set a timer")))
    begun = (Message("user", "set a timer"), Message("assistant", question))
    assert not [p for p in reply(*begun, Message("user", "never mind")) if isinstance(p, ToolCall)]
    (call,) = reply(*begun, Message("user", "what is the weather in Oslo"))
    assert call.name == "get_weather"


def test_tool_choice_is_honoured():
    assert calls("what is the weather in Oslo", tool_choice="none") == []
    assert len(calls("hello", tool_choice="required")) == 1
    ((name, arguments),) = calls("hello", tool_choice="set_light")
    assert name == "set_light"
    assert set(arguments) == {"room", "on"}


@pytest.mark.parametrize(
    ("result", "spoken"),
    [
        ({"city": "Oslo", "temperature": 12.456, "unit": "celsius", "condition": "cloudy"},
         "In Oslo it is cloudy and the temperature is 12.46 degrees Celsius."),
        ({"temperature_c": -3, "humidity_percent": 80},
         "In Oslo, the temperature is -3 degrees Celsius and the humidity is 80 percent."),
        ({"ok": True}, "Done: get weather, Oslo."),
        ({"error": "no such city"}, "That did not work: no such city."),
        ({"error": {"message": "boom", "code": 3}}, "That did not work: boom."),
        ({"success": False, "message": "no network"}, "That did not work: no network."),
        ({"answer": "It is noon"}, "It is noon."),
        ([4, 2], "I found 4 and 2."),
        ([], "I found nothing."),
        (4, "The answer is 4."),
        ("It is sunny, 21°C", "It is sunny, 21 degrees Celsius."),
        ("", "I found nothing."),
        (None, "I found nothing."),
        ({"flights": [{"to": "Paris", "price_usd": 120}]},
         "In Oslo there is one flight: to Paris, price 120 dollars."),
    ],
)  # fmt: skip
def test_a_result_is_told_in_a_sentence(result, spoken):
    call = ToolCall("get_weather", '{"city": "Oslo"}', "c1")
    text = result if isinstance(result, str) else json.dumps(result)
    messages = (
        Message("user", "weather in Oslo"),
        Message("assistant", call=call),
        Message("tool", text, call_id="c1"),
    )
    assert "".join(reply(*messages, tool_choice="required")) == spoken


def test_the_results_of_two_calls_are_both_told():
    pair = [ToolCall("get_weather", json.dumps({"city": c}), c) for c in ("Oslo", "Paris")]
    messages = [Message("user", "weather in Oslo and Paris")]
    messages += [Message("assistant", call=call) for call in pair]
    messages += [Message("tool", '{"temperature_c": 9}', call_id=call.call_id) for call in pair]
    spoken = "".join(reply(*messages))
    assert spoken.index("Oslo") < spoken.index("Paris")


@pytest.mark.parametrize(
    "parameters",
    [
        {}, {"type": "object"}, {"properties": {"a": {}}, "required": ["a", "gone"]},
        {"properties": {"a": {"type": ["string", "null"]}, "b": {"type": "array"}}},
        {"properties": {"a": {"type": "array", "items": {"enum": ["x", "y"]}}}, "required": ["a"]},
        {"properties": {"a": True}}, {"properties": []},
        {"properties": {"a": {"enum": [1, 2, None]}}, "required": ["a"]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("choice", ["auto", "required"])
def test_odd_schemas_do_no_harm(parameters, choice):
    odd = [ToolSpec("do_thing", "does a thing", parameters)]
    for said in ("do the thing with x and 2", "", "do thing", "1"):
        for piece in reply(Message("user", said), tools=odd, tool_choice=choice):
            assert isinstance(piece, str) or isinstance(json.loads(piece.arguments), dict)


@pytest.mark.parametrize(
    ("name", "arguments", "result", "spoken"),
    [
        ("weather", {"city": "Oslo"}, {"city": "Oslo", "sky": "clear", "degrees": 21},
         "In Oslo it is clear and 21 degrees."),
        ("weather", {"city": "oslo"}, {"condition": "light rain", "temperature": 4},
         "In Oslo there is light rain and the temperature is 4 degrees."),
        ("hours", {}, {"open": True}, "It is open."),
        ("hours", {}, {"is_open": False}, "It is not open."),
        ("hours", {}, {"name": "Luigi's", "open": True}, "Luigi's is open."),
        ("hotel", {}, {"wifi": True}, "There is wifi."),
        ("route", {}, {"km": 12, "minutes": 1}, "It is 12 kilometers and 1 minute."),
        ("price", {}, {"euros": 3}, "It is 3 euros."),
        ("battery", {}, {"percent": 80}, "It is 80 percent."),
        ("get_items", {}, {"items": ["milk", "bread"]}, "The items are milk and bread."),
        ("get_items", {}, {"items": ["milk"]}, "The only item is milk."),
        ("add", {"a": 1, "b": 2}, 42, "The answer is 42."),
        ("add", {"a": 1, "b": 2}, {"sum": 42}, "The sum is 42."),
        ("is_prime", {"n": 3}, True, "Yes."),
        ("is_prime", {"n": 4}, {"result": False}, "No."),
        ("say", {}, "sunny", "Sunny."),
        ("set_light", {"room": "living_room", "on": False}, {"ok": True},
         "Done: set light, living room, off."),
        ("set_timer", {"minutes": 5}, None, "Done: set timer, 5 minutes."),
    ],
)  # fmt: skip
def test_results_sound_natural(name, arguments, result, spoken):
    call = ToolCall(name, json.dumps(arguments), "c1")
    text = result if isinstance(result, str) else json.dumps(result)
    messages = (Message("user", "please"), Message("assistant", call=call))
    assert "".join(reply(*messages, Message("tool", text, call_id="c1"))) == spoken


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("weather please", "Which city?"),
        ("weather", "Which city?"),
        ("set a timer", "How many minutes?"),
        ("send a message", "Who is it for?"),
        ("turn on the light", "Which room: kitchen, living room or bedroom?"),
        ("please play music", "What should I play?"),
        ("please book a table for four", "Which restaurant?"),
    ],
)
def test_it_asks_for_what_is_missing_in_few_words(said, question):
    assert "".join(reply(Message("user", said))) == question


@pytest.mark.parametrize("answer", ["Paris", "paris", "in paris please", "it's Paris"])
def test_a_short_answer_completes_the_call(answer):
    asked = (Message("user", "weather please"), Message("assistant", "Which city?"))
    (call,) = reply(*asked, Message("user", answer))
    assert json.loads(call.arguments) == {"city": "Paris"}


def test_a_question_in_a_manner_is_still_known_as_one():
    async def collect(*messages):
        prompt = Prompt("Talk like a pirate.", messages, TOOLS)
        return [p async for p in RuleBrain().reply(prompt)]

    asked = Message("user", "weather please")
    question = "".join(asyncio.run(collect(asked)))
    assert "Which city?" in question
    (call,) = asyncio.run(collect(asked, Message("assistant", question), Message("user", "oslo")))
    assert json.loads(call.arguments) == {"city": "Oslo"}


@pytest.mark.parametrize("said", ["Is it raining in New York", "is it raining in new york"])
def test_a_place_gets_its_capitals(said):
    assert calls(said) == [("get_weather", {"city": "New York"})]


def test_a_tool_is_known_by_what_its_description_says():
    oddly_named = tool("lookup_v2", "Tell the weather in a city.", ["city"], city=TEXT)
    made = calls("What is the weather in Paris?", tools=[oddly_named])
    assert made == [("lookup_v2", {"city": "Paris"})]
