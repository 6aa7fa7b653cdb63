"""Tools of a household and forty utterances for them, as people would put it.

Nothing of them was fitted to a model: some are easy, some are not, and for a quarter of them no
call is due.
"""

from __future__ import annotations

from typing import Literal

import realtime_lab as rl
from realtime_lab.toolbench import all_of, any_of, due, one_of

Room = Literal["kitchen", "living room", "bedroom", "bathroom"]


def get_weather(city: str, unit: Literal["celsius", "fahrenheit"] = "celsius") -> str:
    """Get the current weather in a city.

    Args:
        city: The name of the city.
        unit: The unit of the temperature.
    """
    return f"Sunny in {city}, 21 degrees {unit}"


def set_light(room: Room, on: bool) -> str:
    """Switch the light in a room on or off.

    Args:
        room: The room.
        on: Whether the light shall be on.
    """
    return f"The light in the {room} is {'on' if on else 'off'}"


def set_timer(minutes: int) -> str:
    """Start a timer.

    Args:
        minutes: After how many minutes it rings.
    """
    return f"{minutes} minutes"


def play_music(query: str) -> str:
    """Play a song, an artist or a kind of music.

    Args:
        query: What to play.
    """
    return f"Playing {query}"


def send_message(recipient: str, text: str) -> str:
    """Send a text message to somebody.

    Args:
        recipient: Who gets it.
        text: What it says.
    """
    return f"Sent to {recipient}: {text}"


def add_to_list(item: str) -> str:
    """Put something on the shopping list.

    Args:
        item: What to buy.
    """
    return f"{item} is on the list"


def move(direction: Literal["forward", "back", "left", "right"], meters: int) -> str:
    """Drive the vacuum cleaner.

    Args:
        direction: Where to.
        meters: How far.
    """
    return f"{meters} m {direction}"


TOOLS = [get_weather, set_light, set_timer, play_music, send_message, add_to_list, move]

_DUE = {
    "What is the weather in Oslo?": due("get_weather", city="Oslo"),
    "How warm is it in Buenos Aires right now?": due("get_weather", city="Buenos Aires"),
    "Do I need an umbrella in London today?": due("get_weather", city="London"),
    "Tell me the temperature in Chicago in fahrenheit": due(
        "get_weather", city="Chicago", unit="fahrenheit"
    ),
    "Is it raining in Bergen?": due("get_weather", city="Bergen"),
    "I am flying to Madrid, what should I wear?": due("get_weather", city="Madrid"),
    "Turn on the light in the kitchen": due("set_light", room="kitchen", on=True),
    "Bedroom light off please": due("set_light", room="bedroom", on=False),
    "It is too dark in the living room": due("set_light", room="living room", on=True),
    "Could you switch off the bathroom light?": due("set_light", room="bathroom", on=False),
    "Lights out in the kitchen": due("set_light", room="kitchen", on=False),
    "Set a timer for ten minutes": due("set_timer", minutes=10),
    "Remind me in a quarter of an hour": due("set_timer", minutes=15),
    "Wake me in 25 minutes": due("set_timer", minutes=25),
    "The eggs need five minutes": due("set_timer", minutes=5),
    "Play something by Miles Davis": due(
        "play_music", query=one_of("Miles Davis", "something by Miles Davis")
    ),
    "Put on some jazz": due("play_music", query=one_of("jazz", "some jazz")),
    "I want to hear Bohemian Rhapsody": due("play_music", query="Bohemian Rhapsody"),
    "Send Anna a message saying I am late": due("send_message", recipient="Anna", text="I am late"),
    "Text Tom that dinner is ready": due("send_message", recipient="Tom", text="dinner is ready"),
    "Let Maria know that the train is delayed": due("send_message", recipient="Maria"),
    "Add milk to the shopping list": due("add_to_list", item="milk"),
    "We are out of coffee": due("add_to_list", item="coffee"),
    "Put bread on the list": due("add_to_list", item="bread"),
    "We need two pounds of potatoes": due("add_to_list"),
    "Go forward three meters": due("move", direction="forward", meters=3),
    "Back up one meter": due("move", direction="back", meters=1),
    "Drive two meters to the left": due("move", direction="left", meters=2),
    "Turn on the kitchen light and set a timer for five minutes": all_of(
        due("set_light", room="kitchen", on=True), due("set_timer", minutes=5)
    ),
    "What is the weather in Oslo and in Paris?": all_of(
        due("get_weather", city="Oslo"), due("get_weather", city="Paris")
    ),
    "Stop the music, or whatever you can do about it": any_of("play_music", None),
    "Hello there": None,
    "I love jazz": None,
    "The weather was terrible yesterday": None,
    "My brother lives in Chicago": None,
    "Thank you, that is all": None,
    "What is your name?": None,
    "Who wrote Hamlet?": None,
    "I bought a new lamp for the bedroom": None,
    "That timer is really useful": None,
}  # fmt: skip
UTTERANCES = [rl.Utterance(words, calls) for words, calls in _DUE.items()]
