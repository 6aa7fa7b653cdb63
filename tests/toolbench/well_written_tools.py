"""Definitions as they should be: of the kinds that voice assistants have. None breaks a rule."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from realtime_lab import tool


@tool
def get_weather(
    city: Annotated[str, "The city, as in 'Oslo'; add the country if there are several."],
    days: Annotated[int, "How many days ahead, from 0 (today) to 6."] = 0,
) -> str:
    """Look up the weather forecast for a city. Not for past days."""
    return ""


class Room(enum.Enum):
    KITCHEN = "kitchen"
    LIVING_ROOM = "living room"
    HALL = "hall"


@tool
def set_light(room: Room, brightness: Annotated[int, "In percent; 0 is off."]) -> None:
    """Turn the lights of one room on, off, or to a brightness.

    Args:
        room: Which room.
    """


@tool
async def add_calendar_event(
    title: Annotated[str, "What it is called, in the words of the user."],
    start: Annotated[str, "When it begins, as YYYY-MM-DDTHH:MM in local time."],
    minutes: Annotated[int, "How long it lasts, in minutes."] = 30,
    attendees: Annotated[list[str] | None, "E-mail addresses of those to invite."] = None,
) -> str:
    """Put an event into the calendar of the user, and tell when it is there."""
    return ""


@dataclass
class Item:
    dish: Annotated[str, Meta(description="Its name, as on the menu.")]
    count: Annotated[int, Meta(description="How many of it.")]


@tool
def order_food(
    items: Annotated[list[Item], "What is ordered, each dish once."],
    note: Annotated[str, "What else the kitchen should know; empty if nothing was said."] = "",
) -> str:
    """Send an order to the kitchen. Read the order back first, and call this when it is right."""
    return ""


@tool
def convert_currency(
    amount: Annotated[float, "How much to convert, in the currency of `source`."],
    source: Annotated[str, "Three letters of ISO 4217, as in 'EUR'."],
    target: Annotated[str, "Three letters of ISO 4217, as in 'NOK'."],
) -> float:
    """Convert an amount of money between two currencies at the rate of today."""
    return 0.0


@tool
def play_music(
    query: Annotated[str, "Song, artist, album or mood, in the words of the user."],
    shuffle: Annotated[bool, "Whether to play in random order."] = False,
) -> str:
    """Play music that matches what the user asked for, instead of what plays now."""
    return ""


LOOK_UP_ORDER: dict[str, Any] = {
    "type": "function",
    "name": "look_up_order",
    "description": "Find an order of the caller and tell its state. Use it when somebody asks "
    "where a parcel is; for a new order use create_order.",
    "parameters": {
        "type": "object",
        "properties": {
            "order_number": {
                "type": "string",
                "description": "As on the confirmation: a letter and six digits, as in 'A104233'.",
                "pattern": "^[A-Z][0-9]{6}$",
            }
        },
        "required": ["order_number"],
        "additionalProperties": False,
    },
}
CREATE_ORDER: dict[str, Any] = {
    "type": "function",
    "name": "create_order",
    "description": "Place an order for goods that are in stock, once the caller has agreed to it.",
    "parameters": {
        "type": "object",
        "properties": {
            "product": {"type": "string", "description": "Name or article number, as it was said."},
            "quantity": {
                "type": "integer",
                "description": "How many, 1 to 20.",
                "minimum": 1,
                "maximum": 20,
            },
            "delivery": {
                "type": "string",
                "enum": ["home", "shop"],
                "description": "Where it shall be brought to.",
            },
            "address": {
                "type": "object",
                "description": "Only for delivery to the home.",
                "properties": {
                    "street": {"type": "string", "description": "With the number of the house."},
                    "postal_code": {"type": "string", "description": "As in '0150'."},
                    "city": {"type": "string", "description": "The town that it lies in."},
                },
                "required": ["street", "postal_code", "city"],
            },
        },
        "required": ["product", "quantity", "delivery"],
    },
}
CANCEL_BOOKING: dict[str, Any] = {
    "type": "function",
    "name": "cancel_booking",
    "description": "Cancel a table or a room for good. Only after the guest has confirmed it; to "
    "move a booking use change_booking.",
    "parameters": {
        "type": "object",
        "properties": {
            "booking_id": {"type": "string", "description": "From find_booking, never guessed."},
            "reason": {
                "type": "string",
                "description": "What the guest gave as the reason, if any.",
            },
        },
        "required": ["booking_id"],
    },
}
HAND_OVER: dict[str, Any] = {
    "type": "function",
    "name": "hand_over_to_human",
    "description": "Connect the caller with a member of the staff. Use it when the caller asks for "
    "a person, or two tools in a row have failed; say that it can take a minute.",
    "parameters": {
        "type": "object",
        "properties": {
            "summary": {
                "type": "string",
                "description": "What was said so far, in two sentences for the colleague.",
            },
            "urgency": {"type": "string", "enum": ["normal", "urgent"]},
        },
        "required": ["summary", "urgency"],
    },
}
SEARCH_FLIGHTS: dict[str, Any] = {
    "type": "function",
    "name": "search_flights",
    "description": "Search flights between two airports on one day, the cheapest first.",
    "parameters": {
        "type": "object",
        "properties": {
            "origin": {"type": "string", "description": "Airport or city, for example 'OSL'."},
            "destination": {"type": "string", "description": "Airport or city, e.g. 'Nice'."},
            "departure_date": {
                "type": "string",
                "format": "date",
                "description": "As YYYY-MM-DD, today or later.",
            },
            "cabin": {
                "type": "string",
                "enum": ["economy", "premium", "business"],
                "default": "economy",
            },
            "max_price": {"type": "number", "description": "The most it may cost, in euros."},
            "direct_only": {
                "type": "boolean",
                "description": "Whether to leave out flights with a change.",
            },
        },
        "required": ["origin", "destination", "departure_date"],
    },
}
SET_TIMER: dict[str, Any] = {
    "type": "function",
    "name": "start_timer",
    "description": "Start a timer that rings when it is over. Several can run side by side.",
    "parameters": {
        "type": "object",
        "properties": {
            "seconds": {"type": "integer", "description": "How long, in seconds."},
            "label": {
                "type": ["string", "null"],
                "description": "What it is for, such as 'pasta'; null if nothing was said.",
            },
        },
        "required": ["seconds", "label"],
    },
}
GET_TIME: dict[str, Any] = {
    "type": "function",
    "name": "get_local_time",
    "description": "Tell the time of day where the user is. Call it before any date is computed.",
    "parameters": {"type": "object", "properties": {}},
}
LOG_SYMPTOMS: dict[str, Any] = {
    "type": "function",
    "name": "log_symptoms",
    "description": "Write down the symptoms of a patient before the doctor comes; gives no advice.",
    "parameters": {
        "type": "object",
        "properties": {
            "symptoms": {
                "type": "array",
                "description": "Each in the words of the patient, as in 'sore throat'.",
                "items": {"type": "string"},
            },
            "temperature_celsius": {
                "type": "number",
                "description": "Only if the patient has measured it.",
            },
            "since": {"type": "string", "description": "The day it began, as YYYY-MM-DD."},
        },
        "required": ["symptoms"],
    },
}
TELL_JOKE: dict[str, Any] = {
    "type": "function",
    "name": "erzaehle_witz",
    "description": "Erzählt einen kurzen Witz; nur wenn ausdrücklich darum gebeten wurde.",
    "parameters": {
        "type": "object",
        "properties": {
            "thema": {"type": "string", "description": "Worum es gehen soll, etwa 'Katzen'."}
        },
        "required": ["thema"],
    },
}


def set_thermostat(celsius: float, mode: Literal["heat", "cool", "off"] = "heat") -> None:
    """Set what temperature the house shall have, and how it gets there.

    Args:
        celsius: The temperature, from 5 to 30.
        mode: What the plant may do to reach it.
    """


WELL_WRITTEN: tuple[Any, ...] = (
    get_weather,
    set_light,
    add_calendar_event,
    order_food,
    convert_currency,
    play_music,
    LOOK_UP_ORDER,
    CREATE_ORDER,
    CANCEL_BOOKING,
    HAND_OVER,
    SEARCH_FLIGHTS,
    SET_TIMER,
    GET_TIME,
    LOG_SYMPTOMS,
    TELL_JOKE,
    set_thermostat,
)
