"""For each rule on definitions of tools one that breaks it, and one that nearly does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
CITY: Spec = {"type": "string", "description": "The city, as in 'Oslo'."}
WEATHER = "Get the current weather for a city."


@dataclass(frozen=True)
class Case:
    """``fault`` breaks the rule once, which is told as ``says``, at ``path``; ``fine`` breaks none
    at all. Other rules that ``fault`` breaks too are named in ``also``."""

    rule: str
    says: str
    path: str
    fault: list[Any]
    fine: list[Any]
    also: frozenset[str] = frozenset()


def tool(
    name: str = "get_weather",
    description: str | None = WEATHER,
    *,
    required: list[str] | None = None,
    more: Spec | None = None,
    beside: Spec | None = None,
    **properties: Any,
) -> Spec:
    """A definition; the city is its parameter where none is given. ``more`` stands in the
    parameters, ``beside`` in the definition; all parameters are required if nothing is said."""
    properties = properties or {"city": CITY}
    parameters = {"type": "object", "properties": properties}
    needed = list(properties) if required is None else required
    parameters |= {"required": needed} if needed else {}
    spec = {"type": "function", "name": name, "description": description}
    spec |= {"parameters": parameters | (more or {})} | (beside or {})
    return {key: value for key, value in spec.items() if value is not None}


def text(description: str = "", **more: Any) -> Spec:
    """A string."""
    return {"type": "string", "description": description, **more}


def number(description: str = "", **more: Any) -> Spec:
    """A number."""
    return {"type": "number", "description": description, **more}


def switch(description: str = "", **more: Any) -> Spec:
    """A boolean."""
    return {"type": "boolean", "description": description, **more}


def raw(**fields: Any) -> Spec:
    """A definition as it stands."""
    return {"type": "function", "name": "get_weather", "description": WEATHER, **fields}


UNIT = ["celsius", "fahrenheit"]
OBJECT = {"type": "object", "properties": {"city": CITY}, "required": ["city"]}
ADDRESS = {
    "type": "object",
    "description": "Where to deliver, as the caller gives it.",
    "properties": {"street": text("Street and house number, as in 'Main Street 5'.")},
    "required": ["street"],
}
LONG = "Get the current weather for a city. " + "It knows every place on earth. " * 40
GUESTS = {"type": "array", "description": "Everybody who comes, by first name."}
API_KEY = "What the weather service knows the caller by, as in 'sk-…'."
ORDER = text("The order, as in 'A-1043'.")
STARTS = text("The day, as YYYY-MM-DD.", format="date")
THINGS = (
    "anchor barrel candle dragon engine feather garden hammer island jacket kettle ladder magnet "
    "needle orchard parcel quarry ribbon saddle timber umbrella"
)
WORDY = text("The city in English or Norwegian. " + "No villages at all. " * 12)
COLOURS = [f"shade_{number}" for number in range(41)]


def nested(levels: int) -> Spec:
    """An object in an object in an object."""
    inner: Spec = text("The street, as in 'Main Street 5'.")
    for level in range(levels - 1):
        inner = {
            "type": "object",
            "description": f"Part {level} of the address, from the letter.",
            "properties": {f"part_{level}": inner},
            "required": [f"part_{level}"],
        }
    return inner


def many_tools(count: int) -> list[Spec]:
    """Tools that have nothing in common."""
    return [
        tool(f"inspect_{word}", f"Look at the {word} and tell its state.")
        for word in THINGS.split()[:count]
    ]


def wide_tools(count: int) -> list[Spec]:
    """Tools that are large together, and none for itself."""
    padding = "Answers come from the {word} register and are at most one day old. " * 12
    return [
        {**spec, "description": spec["description"] + " " + padding.format(word=spec["name"])}
        for spec in many_tools(count)
    ]


CASES = (
    # -- what a service takes ----------------------------------------------------------------------
    Case(
        "not-a-tool",
        "int is no tool: give a function, a Tool or a dict.",
        "$",
        [42],
        [tool()],
    ),
    Case(
        "not-json",
        "parameters.properties.city.type is the Python type str.",
        "$.parameters.properties.city.type",
        [tool(city={"type": str, "description": "The city, as in 'Oslo'."})],
        [tool()],
    ),
    Case(
        "nested-function",
        "the definition stands under 'function'.",
        "$.function",
        [{"type": "function", "function": {k: v for k, v in tool().items() if k != "type"}}],
        [tool()],
    ),
    Case(
        "type-of-tool",
        "its type is missing.",
        "$.type",
        [{key: value for key, value in tool().items() if key != "type"}],
        [tool()],
    ),
    Case(
        "strict",
        "'strict' is no field of a realtime tool.",
        "$.strict",
        [tool(beside={"strict": True})],
        [tool(strict=switch("Whether to leave out what is only expected."))],
    ),
    Case(
        "field-unknown",
        "tools have no field 'meta'.",
        "$.meta",
        [tool(beside={"meta": {"server": "weather"}})],
        [tool(beside={"handler": print})],
    ),
    Case(
        "parameters-misnamed",
        "the parameters stand under 'inputSchema'.",
        "$.inputSchema",
        [raw(inputSchema=OBJECT)],
        [raw(parameters=OBJECT)],
    ),
    Case(
        "parameters-not-object",
        "the parameters are a schema without a type.",
        "$.parameters",
        [raw(parameters={"city": CITY})],
        [raw(description="Get the current weather right here.")],
    ),
    Case(
        "parameters-combined",
        "'anyOf' at the top of the parameters.",
        "$.parameters.anyOf",
        [tool(more={"anyOf": [{"required": ["city"]}]})],
        [tool(city={"anyOf": [CITY, {"type": "null"}], "description": "The city, if known."})],
    ),
    Case(
        "properties-missing",
        "its parameters have no 'properties'.",
        "$.parameters.properties",
        [raw(parameters={"type": "object"})],
        [raw(parameters={"type": "object", "properties": {}})],
    ),
    # -- names of tools ----------------------------------------------------------------------------
    Case(
        "name-missing",
        "tools[0] has no name.",
        "$.name",
        [tool(name="")],
        [tool()],
    ),
    Case(
        "name-invalid",
        "the name 'get weather!' has signs that a name cannot have.",
        "$.name",
        [tool("get weather!")],
        [tool("get-weather_" + "x" * 52)],
    ),
    Case(
        "name-duplicate",
        "tools[0] and tools[1] are both named 'get_weather'.",
        "$.name",
        [tool(), tool(description="Tell what the sky over a place looks like.")],
        [tool(), tool("get_tides", "Tell when the water is high at a place.")],
    ),
    Case(
        "name-clash",
        "'get_weather' and 'getWeather' differ only in how they are written.",
        "$.name",
        [tool(), tool("getWeather", "Tell what the sky over a place looks like.")],
        [tool(), tool("get_weather_alerts", "List storm warnings. For today use get_weather.")],
    ),
    Case(
        "name-similar",
        "'get_order' and 'fetch_orders' mean the same.",
        "$.name",
        [
            tool("get_order", "Look up one order by its number.", number=ORDER),
            tool("fetch_orders", "Everything that a customer has bought so far.", number=ORDER),
        ],
        [
            tool("get_order", "Look up one order by its number.", number=ORDER),
            tool("cancel_order", "Cancel an order, only after the caller agreed.", number=ORDER),
        ],
    ),
    Case(
        "name-without-verb",
        "'weather' does not say what is done; 'get_weather' would.",
        "$.name",
        [tool("weather")],
        [tool("weather_lookup"), tool("geolocate", "Find where on earth a place is.")],
    ),
    Case(
        "name-reserved",
        "'web_search' is a name that models know already.",
        "$.name",
        [tool("web_search", "Search the pages of the museum for a phrase.")],
        [tool("search_museum_pages", "Search the pages of the museum for a phrase.")],
    ),
    # -- descriptions of tools ---------------------------------------------------------------------
    Case(
        "description-missing",
        "get_weather has no description.",
        "$.description",
        [tool(description=None)],
        [tool()],
    ),
    Case(
        "description-repeats-name",
        "'Gets the weather.' says no more than the name.",
        "$.description",
        [tool(description="Gets the weather.")],
        [tool(description="Gets the weather of today.")],
    ),
    Case(
        "description-vague",
        "'Handles requests.' could be any tool.",
        "$.description",
        [tool(description="Handles requests.")],
        [tool("handle_request", "Handles requests of guests for towels, pillows and the like.")],
    ),
    Case(
        "description-short",
        "the description has 2 words.",
        "$.description",
        [tool(description="Local forecast")],
        [tool(description="Liefert die Wettervorhersage für Städte")],
    ),
    Case(
        "description-long",
        "the description has 1,275 characters.",
        "$.description",
        [tool(description=LONG)],
        [tool(description=LONG[:900])],
    ),
    Case(
        "description-docstring",
        "the description has sections of a docstring.",
        "$.description",
        [tool(description=f"{WEATHER}\n\nArgs:\n    city: The city.\n\nReturns:\n    A sentence.")],
        [tool(description=f"{WEATHER}\n\nReturns a sentence to read out.")],
    ),
    Case(
        "description-promises",
        "there is no parameter 'city_code'.",
        "$.description",
        [tool(description=f"{WEATHER} For airports pass `city_code`.")],
        [
            tool(
                description=f"{WEATHER} Not for concerts; `list_city_events` and "
                "`get_city_fairs` tell those. Pass `city_name` as it was said, in `title_case`.",
                city_name=CITY,
            ),
            tool("list_city_events", "List concerts and fairs in a city, not the weather."),
        ],
    ),
    Case(
        "confirmation-missing",
        "cancel_order cannot be undone, and nothing says when not to call it.",
        "$.description",
        [tool("cancel_order", "Cancel an order that is not yet on its way.", order=ORDER)],
        [
            tool("cancel_order", "Cancel an order; only after the caller agreed.", order=ORDER),
            tool(
                "transfer_money",
                "Send money to another account of the bank.",
                order=ORDER,
                confirmed=switch("Whether the caller has confirmed the amount."),
            ),
        ],
    ),
    # -- tools beside each other -------------------------------------------------------------------
    Case(
        "description-duplicate",
        "get_weather and check_sky have the same description.",
        "$.description",
        [tool(), tool("check_sky")],
        [tool(), tool("check_sky", "Say which stars can be seen tonight.")],
    ),
    Case(
        "description-similar",
        "find_flights and book_seats are described in almost the same words.",
        "$.description",
        [
            tool("find_flights", "Find flights from Oslo to Bergen on a day with free seats."),
            tool("book_seats", "Find the flights from Oslo to Bergen on any day with seats free."),
        ],
        [
            tool("create_event", "Create an event in the calendar of the user at a time."),
            tool("update_event", "Update an event in the calendar of the user at a time."),
        ],
    ),
    Case(
        "boundary-missing",
        "get_order and get_order_status do not say which is for what.",
        "$.description",
        [
            tool("get_order", "Look up what was ordered and where it goes.", order=ORDER),
            tool("get_order_status", "Tell how far a delivery is.", order=ORDER),
        ],
        [
            tool("get_order", "Look up what was ordered and where it goes.", order=ORDER),
            tool("get_order_status", "Use this for how far a delivery is.", order=ORDER),
        ],
    ),
    # -- parameters --------------------------------------------------------------------------------
    Case(
        "parameter-undescribed",
        "city has no description.",
        "$.parameters.properties.city.description",
        [tool(city={"type": "string"})],
        [tool(unit={"type": "string", "enum": UNIT})],
    ),
    Case(
        "parameter-repeats-name",
        "city: 'The city.' says no more than the name.",
        "$.parameters.properties.city.description",
        [tool(city=text("The city."))],
        [tool(city=text("The city in English."))],
    ),
    Case(
        "parameter-long",
        "city: described with 433 characters.",
        "$.parameters.properties.city.description",
        [tool(city=text("The city in English or Norwegian. " + "No villages at all. " * 20))],
        [tool(city=text("The city in English or Norwegian. " + "No villages at all. " * 10))],
    ),
    Case(
        "parameter-ambiguous",
        "'data' could mean anything.",
        "$.parameters.properties.data",
        [tool(data=text("The data to look up the weather for."))],
        [
            tool(
                "plot_point",
                "Draw a point on the map of the room.",
                x=number("Position on the horizontal axis, in metres."),
                data_source=text("The archive to take it from, as in 'noaa'."),
            )
        ],
    ),
    Case(
        "parameter-name-invalid",
        "'home city' has signs that names should not have.",
        "$.parameters.properties.home city",
        [tool(**{"home city": CITY})],
        [tool(**{"home.city-1": CITY})],
    ),
    Case(
        "parameter-clash",
        "'homecity' and 'home_city' differ only in how they are written.",
        "$.parameters.properties.home_city",
        [tool(homecity=CITY, home_city=CITY)],
        [tool(home_city=CITY, home_country=CITY)],
    ),
    Case(
        "parameter-styles",
        "'homeCity' and 'work_city' are written in two styles.",
        "$.parameters",
        [tool(homeCity=CITY, work_city=CITY)],
        [tool(homeCity=CITY, workCity=CITY, language=text("Two letters, as in 'no'."))],
    ),
    Case(
        "unit-missing",
        "distance has no unit.",
        "$.parameters.properties.distance",
        [tool(distance=number("How far away it may be."))],
        [
            tool(
                distance_km=number("How far away it may be."),
                temperature=number("In degrees Celsius."),
                volume=number("From 0 to 100."),
                amount=number("What to pay."),
                currency=text("As in 'NOK'."),
            )
        ],
    ),
    Case(
        "boolean-negated",
        "no_alerts is a switch that says no.",
        "$.parameters.properties.no_alerts",
        [tool(no_alerts=switch("Whether alerts are left out."))],
        [tool(include_alerts=switch("Whether alerts are told too."))],
    ),
    Case(
        "boolean-unclear",
        "alerts: nothing says what true means.",
        "$.parameters.properties.alerts",
        [tool(alerts=switch("The alerts of the weather service."))],
        [
            tool(
                alerts=switch("Whether to tell the alerts of the weather service."),
                include_tides=switch("The tides of the nearest harbour."),
            )
        ],
    ),
    Case(
        "booleans-many",
        "get_weather has 4 switches: rain, snow, wind, sun.",
        "$.parameters",
        [tool(**{n: switch(f"Whether to tell the {n}.") for n in ("rain", "snow", "wind", "sun")})],
        [tool(**{n: switch(f"Whether to tell about {n}.") for n in ("rain", "snow", "wind")})],
        also=frozenset(),
    ),
    # -- values ------------------------------------------------------------------------------------
    Case(
        "free-enum",
        "unit takes any text, but is said to be 'celsius', 'fahrenheit'.",
        "$.parameters.properties.unit",
        [tool(unit=text("One of celsius, fahrenheit."))],
        [
            tool(
                unit=text("One of celsius, fahrenheit.", enum=UNIT),
                city=text("A city such as 'Oslo' or 'Bergen'."),
                contact=text("One of the contacts of the user."),
                reached_by=text("Either a name or an e-mail address."),
            )
        ],
    ),
    Case(
        "string-boolean",
        "alerts is a string, but means yes or no.",
        "$.parameters.properties.alerts",
        [tool(alerts=text("'yes' or 'no'."))],
        [tool(answer=text("What the caller said, as in 'yes please'."))],
    ),
    Case(
        "string-number",
        "days_count is a string, but means a number.",
        "$.parameters.properties.days_count",
        [tool(days_count=text("How many days ahead."))],
        [
            tool(
                phone_number=text("With the code of the country."),
                order_number=text("As it stands on the letter."),
                amount=text("With its currency, as in '12.50 NOK'."),
            )
        ],
    ),
    Case(
        "string-date",
        "start_date: nothing says how it is written.",
        "$.parameters.properties.start_date",
        [tool(start_date=text("The first day of the stay."))],
        [
            tool(
                start_date=STARTS,
                time_zone=text("A zone of the IANA list."),
                update=text("What is new about the road."),
                end_date=text("The last day, as the user said it."),
            )
        ],
    ),
    Case(
        "enum-empty",
        "unit: its enum lists no values.",
        "$.parameters.properties.unit.enum",
        [tool(unit=text("The scale of the thermometer.", enum=[]))],
        [tool(unit=text("The scale of the thermometer.", enum=["kelvin"]))],
    ),
    Case(
        "enum-repeats",
        "unit: 3 values, of which 2 differ.",
        "$.parameters.properties.unit.enum",
        [tool(unit=text("The scale.", enum=["celsius", "Celsius", "kelvin"]))],
        [tool(unit=text("The scale.", enum=["celsius", "kelvin"]))],
    ),
    Case(
        "enum-mismatch",
        "floor: 1 is not of type string.",
        "$.parameters.properties.floor.enum",
        [tool(floor=text("The floor of the house.", enum=[1, 2]))],
        [
            tool(
                floor={"type": ["integer", "null"], "description": "Its floor.", "enum": [1, None]},
            )
        ],
        also=frozenset(),
    ),
    Case(
        "enum-large",
        "colour: its enum has 41 values.",
        "$.parameters.properties.colour.enum",
        [tool(colour=text("The colour of the sky.", enum=COLOURS))],
        [tool(colour=text("The colour of the sky.", enum=COLOURS[:40]))],
    ),
    Case(
        "default-mismatch",
        "unit: the default 'Celsius' is not in the enum.",
        "$.parameters.properties.unit.default",
        [tool(unit=text("The scale.", enum=UNIT, default="Celsius"), required=[])],
        [tool(unit=text("The scale.", enum=UNIT, default="celsius"), required=[])],
    ),
    Case(
        "key-told",
        "api_key: there is a key or a password under 'default'.",
        "$.parameters.properties.api_key.default",
        [tool(city=CITY, api_key=text(API_KEY, default="sk-" + "Ab1" * 8), required=["city"])],
        [tool(city=CITY, api_key=text(API_KEY, default="YOUR_API_KEY"), required=["city"])],
    ),
    Case(
        "range-empty",
        "days: nothing is at least 14 and at most 1.",
        "$.parameters.properties.days.minimum",
        [
            tool(
                days={
                    "type": "integer",
                    "description": "Days ahead, 1 to 14.",
                    "minimum": 14,
                    "maximum": 1,
                }
            )
        ],
        [
            tool(
                days={
                    "type": "integer",
                    "description": "Days ahead, always 14.",
                    "minimum": 14,
                    "maximum": 14,
                }
            )
        ],
    ),
    Case(
        "limit-untold",
        "days: the description does not say: From 1 to 14.",
        "$.parameters.properties.days",
        [tool(days={"type": "integer", "description": "Days.", "minimum": 1, "maximum": 14})],
        [
            tool(
                days={
                    "type": "integer",
                    "description": "Days ahead, at most 14.",
                    "minimum": 1,
                    "maximum": 14,
                },
                airport=text("The airport, as in 'OSL'.", pattern="^[A-Z]{3}$"),
                note=text("What else to know.", minLength=1),
            )
        ],
        also=frozenset({"parameter-repeats-name"}),
    ),
    # -- what has to be given ----------------------------------------------------------------------
    Case(
        "required-missing",
        "the parameters: none of city is required.",
        "$.parameters",
        [tool(required=[])],
        [tool(city=text("The city; if not given, where the user is."), required=[])],
    ),
    Case(
        "required-unknown",
        "the parameters: there is no 'town'.",
        "$.parameters.required",
        [tool(required=["city", "town"])],
        [tool(required=["city"])],
    ),
    Case(
        "required-inside",
        "'required' stands inside of city.",
        "$.parameters.properties.city.required",
        [tool(city={**CITY, "required": True}, required=[])],
        [tool(address=ADDRESS)],
    ),
    Case(
        "required-with-default",
        "unit: required, though there is a default.",
        "$.parameters.required",
        [tool(city=CITY, unit=text("The scale.", enum=UNIT, default="celsius"))],
        [tool(city=CITY, unit=text("The scale.", enum=UNIT, default="celsius"), required=["city"])],
    ),
    # -- schemas -----------------------------------------------------------------------------------
    Case(
        "schema-invalid",
        "city is described by 'string', not by an object.",
        "$.parameters.properties.city",
        [tool(city="string")],
        [tool(city=CITY)],
    ),
    Case(
        "type-missing",
        "days has no type.",
        "$.parameters.properties.days",
        [tool(days={"description": "How many days ahead.", "default": 3}, required=[])],
        [tool(mode={"const": "now", "description": "Only the present."})],
    ),
    Case(
        "type-unknown",
        "city: there is no type 'str'.",
        "$.parameters.properties.city.type",
        [tool(city={**CITY, "type": "str"})],
        [tool(city={**CITY, "type": ["string", "null"]})],
    ),
    Case(
        "array-without-items",
        "guests is an array of nothing in particular.",
        "$.parameters.properties.guests",
        [tool(guests=GUESTS)],
        [tool(guests={**GUESTS, "items": {"type": "string"}})],
    ),
    Case(
        "object-without-properties",
        "address is an object with nothing known in it.",
        "$.parameters.properties.address",
        [tool(address={"type": "object", "description": "Where to deliver."})],
        [
            tool(
                address=ADDRESS,
                counts={
                    "type": "object",
                    "description": "How many of each dish.",
                    "additionalProperties": {"type": "integer"},
                },
            )
        ],
    ),
    Case(
        "alternatives-open",
        "place may be any of 2 schemas.",
        "$.parameters.properties.place.anyOf",
        [tool(place={"description": "Where it is.", "anyOf": [CITY, ADDRESS]})],
        [tool(place={"description": "Where it is.", "anyOf": [CITY, {"type": "null"}]})],
    ),
    Case(
        "keyword-misspelt",
        "unit: no keyword 'choices'; 'enum' is meant.",
        "$.parameters.properties.unit.choices",
        [tool(unit=text("The scale of the thermometer.", choices=UNIT))],
        [tool(unit=text("The scale of the thermometer.", enum=UNIT, **{"x-order": 1}))],
    ),
    Case(
        "keyword-unsupported",
        "the parameters: the model is not held to 'dependentRequired'.",
        "$.parameters.dependentRequired",
        [tool(more={"dependentRequired": {"city": ["city"]}})],
        [tool(more={"additionalProperties": False})],
    ),
    Case(
        "keyword-noise",
        "'title' 2 times, which tell the model nothing.",
        "$.parameters",
        [tool(city={**CITY, "title": "City"}, more={"title": "Arguments"})],
        [tool("find_book", "Find a book of the library.", title=text("As it is printed."))],
    ),
    Case(
        "reference",
        "address refers to a definition elsewhere.",
        "$.parameters.properties.address",
        [tool(address={"$ref": "#/$defs/Address"}, more={"$defs": {"Address": ADDRESS}})],
        [
            tool(
                "store_page",
                "Keep a page of the book with its pages below.",
                page={"$ref": "#/$defs/Page", "description": "The page itself."},
                more={
                    "$defs": {
                        "Page": {
                            "type": "object",
                            "properties": {
                                "heading": text("What stands at its top."),
                                "below": {
                                    "type": "array",
                                    "description": "The pages under it.",
                                    "items": {"$ref": "#/$defs/Page"},
                                },
                            },
                            "required": ["heading"],
                        }
                    }
                },
            )
        ],
    ),
    Case(
        "reference-broken",
        "address: '#/$defs/Address' is not there.",
        "$.parameters.properties.address.$ref",
        [tool(address={"$ref": "#/$defs/Address", "description": "Where to deliver."})],
        [tool(address=ADDRESS)],
    ),
    Case(
        "nested-deep",
        "address.part_2.part_1.part_0 is 4 levels deep.",
        "$.parameters.properties.address.properties.part_2.properties.part_1.properties.part_0",
        [tool(address=nested(4))],
        [tool(address=nested(3))],
    ),
    # -- size --------------------------------------------------------------------------------------
    Case(
        "parameters-many",
        "get_weather has 9 parameters.",
        "$.parameters",
        [tool(**{f"city_{letter}": CITY for letter in "abcdefghi"})],
        [tool(**{f"city_{letter}": CITY for letter in "abcdefgh"})],
    ),
    Case(
        "tool-large",
        "get_weather has about 707 tokens.",
        "$",
        [tool(**{f"city_{letter}": WORDY for letter in "abcdefgh"})],
        [tool(**{f"city_{letter}": WORDY for letter in "abcd"})],
    ),
    Case(
        "tools-many",
        "There are 21 tools.",
        "$",
        many_tools(21),
        many_tools(20),
    ),
    Case(
        "tools-large",
        "The tools have about 3,448 tokens, $0.0138 a turn of gpt-realtime, 11% of its window.",
        "$",
        wide_tools(12),
        wide_tools(6),
    ),
)
