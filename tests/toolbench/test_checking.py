"""Definitions of tools are checked with no model; what is wrong is told with a better version."""

from __future__ import annotations

import json
from collections import Counter
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import realtime_lab as rl
from realtime_lab.errors import ToolError
from realtime_lab.protocol import check_asked, check_tools
from realtime_lab.server.context import read_preface
from realtime_lab.server.usage import Read
from realtime_lab.toolbench import TOOL_RULES, TOOL_TOPICS, ToolReport
from realtime_lab.tools import ToolRegistry
from tests.toolbench.tool_check_cases import CASES, CITY, OBJECT, Case, raw, text, tool
from tests.toolbench.well_written_tools import WELL_WRITTEN, get_weather

BY_RULE = {case.rule: case for case in CASES}
BY_ID = {rule.about.id: rule.about for rule in TOOL_RULES}
WORDS = (
    "type name description parameters function strict properties required items enum anyOf oneOf "
    "allOf $ref $defs default title minimum maximum pattern format const city unit date amount "
    "string object array integer #/$defs/city inputSchema choices additionalProperties not"
)


def rules(tools: Any, **more: Any) -> list[str]:
    return [finding.rule for finding in rl.check_tools(tools, **more)]


def case_ids(case: Case) -> str:
    return case.rule


# -- every rule -----------------------------------------------------------------------------------


def test_every_rule_has_a_definition_with_its_fault_and_one_without():
    assert [case.rule for case in CASES] == [rule.about.id for rule in TOOL_RULES]
    assert all(count == 1 for count in Counter(case.rule for case in CASES).values())
    assert [rule for found in TOOL_TOPICS.values() for rule in found] == list(TOOL_RULES)


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_the_fault_is_told_once_with_its_place(case: Case):
    report = rl.check_tools(case.fault)
    assert {finding.rule for finding in report} == {case.rule} | case.also
    (found,) = [finding for finding in report if finding.rule == case.rule]
    assert (found.message, found.json_path) == (case.says, case.path)


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_the_near_miss_passes(case: Case):
    assert not list(map(str, rl.check_tools(case.fine)))


@pytest.mark.parametrize("case", CASES, ids=case_ids)
def test_what_is_suggested_is_not_found_again(case: Case):
    report = rl.check_tools(case.fault)
    mended = {(f.rule, f.index) for f in report if f.suggestion is not None}
    left = {(f.rule, f.index) for f in rl.check_tools(report.improved())}
    assert not mended & left


# -- what is well written -------------------------------------------------------------------------


@pytest.mark.parametrize("one", WELL_WRITTEN, ids=lambda one: name_of(one))
def test_a_well_written_tool_passes(one: Any):
    assert not list(map(str, rl.check_tools([one])))


def test_well_written_tools_pass_together():
    report = rl.check_tools(WELL_WRITTEN)
    assert len(report.specs) == len(WELL_WRITTEN) and not list(map(str, report))
    assert report.improved() == list(report.specs)


def name_of(given: Any) -> str:
    if isinstance(given, dict):
        return given["name"]
    return getattr(given, "name", None) or given.__name__


# -- values that a description lists --------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("One of celsius, fahrenheit.", ("celsius", "fahrenheit")),
        ("The unit. One of: low, medium or high.", ("low", "medium", "high")),
        ("The unit (one of 'a', 'b').", ("a", "b")),
        ("Must be asc or desc.", ("asc", "desc")),
        ("Either metric or imperial.", ("metric", "imperial")),
        ("celsius | fahrenheit | kelvin", ("celsius", "fahrenheit", "kelvin")),
        ("How to sort: 'asc' | 'desc'.", ("asc", "desc")),
        ("'on' or 'off'", ("on", "off")),
        ("Whether the lamp is 'on', 'off' or 'blinking'.", ("on", "off", "blinking")),
        ("Use `heat`, `cool` or `off`.", ("heat", "cool", "off")),
        ("Priority (low, medium or high).", ("low", "medium", "high")),
        ("Allowed values: draft, open, closed", ("draft", "open", "closed")),
        ("Possible values are “day” and “night”.", ("day", "night")),
        ("Can be red, green, or blue.", ("red", "green", "blue")),
        ("metric or imperial", ("metric", "imperial")),
        ("Cabin class: economy, business or first", ("economy", "business", "first")),
        ("active/inactive/banned", ("active", "inactive", "banned")),
        ("mode, fast or slow", ("fast", "slow")),
        ("The size. Options: S, M, L, XL", ("S", "M", "L", "XL")),
        ("One of the following:\n- fast: by air\n- slow: by sea\n", ("fast", "slow")),
        ("Must be 'gpt-4o' or 'gpt-realtime'.", ("gpt-4o", "gpt-realtime")),
        ("Either 'left' or 'right'; defaults to 'left'.", ("left", "right")),
        # No alternatives:
        ("A city such as 'Oslo' or 'Bergen'.", ()),
        ("The city, e.g. 'Oslo' or 'Bergen'.", ()),
        ("For example 'Oslo', 'Bergen'.", ()),
        ("A colour like 'red' or 'blue'.", ()),
        ("One of the contacts of the user.", ()),
        ("Either a name or an e-mail address.", ()),
        ("City or airport.", ()),
        ("The address (street, city, postcode).", ()),
        ("Colours: red, green, blue, etc.", ()),
        ("'red', 'green', or any other colour.", ()),
        ("The text can be short or long.", ()),
        ("What the user said, word for word.", ()),
        ("Not 'unknown' or 'none'.", ()),
        ("Name and address of the guest.", ()),
        ("Separated by 'and' or 'or'.", ()),
        ("The song's title, or 'It's a kind of magic'.", ()),
        ("Names, dates and places.", ()),
        ("The speed in km/h.", ()),
        ("km/h", ()),
        ("name/email", ()),
        ("and/or", ()),
        ("", ()),
    ],
)
def test_the_values_of_a_free_string_are_read_from_its_description(
    said: str, values: tuple[str, ...]
):
    report = rl.check_tools([tool(mode=text(said))], ignore=("parameter-repeats-name",))
    found = [finding for finding in report if finding.rule == "free-enum"]
    written = [(finding.suggestion or {})["parameters"]["properties"]["mode"] for finding in found]
    assert [tuple(schema["enum"]) for schema in written] == ([values] if values else [])


def test_the_items_of_an_array_are_free_strings_too():
    toppings = {"type": "array", "items": {"type": "string"}, "description": "Any of ham, corn."}
    (found,) = rl.check_tools([tool(toppings=toppings)])
    assert (found.rule, found.parameter) == ("free-enum", "toppings[]")
    assert found.changes == ('parameters.properties.toppings.items.enum = ["ham", "corn"]',)


def test_what_a_type_hint_leaves_open_is_closed_in_its_branch():
    def get_forecast(unit: str | None = None) -> str:
        """Tell the weather of the next days.

        Args:
            unit: One of celsius, fahrenheit; what the user has set if not given.
        """
        return ""

    (found,) = rl.check_tools(get_forecast)
    assert (found.rule, found.parameter) == ("free-enum", "unit")
    (spec,) = rl.check_tools(get_forecast).improved()
    assert {"type": "string", "enum": ["celsius", "fahrenheit"]} in (
        spec["parameters"]["properties"]["unit"]["anyOf"]
    )


def test_null_stays_allowed_where_it_was():
    unit = {"type": ["string", "null"], "description": "One of celsius, fahrenheit."}
    (found,) = rl.check_tools([tool(unit=unit)])
    assert found.changes == ('parameters.properties.unit.enum = ["celsius", "fahrenheit", null]',)


@pytest.mark.parametrize(
    ("name", "said", "kind"),
    [
        ("is_gift", "Whether it is a gift.", "boolean"),
        ("gift", "Yes or no.", "boolean"),
        ("number_of_guests", "For whom to lay the table.", "integer"),
        ("guests", "How many guests.", "integer"),
        ("limit", "Of what is told.", "integer"),
        ("latitude", "North of the equator.", "number"),
        ("nonstop", "true/false", "boolean"),
        ("departure", "Departure date (optional)", "string"),
        ("ends_at", "When the shop closes.", "string"),
        ("flight_number", "How many letters it has does not matter.", "string"),
    ],
)
def test_a_string_gets_the_type_that_is_meant(name: str, said: str, kind: str):
    only = ("string-boolean", "string-number", "string-date")
    (spec,) = rl.check_tools([tool(**{name: text(said)})]).only(rule=only).improved()
    assert spec["parameters"]["properties"][name]["type"] == kind


@pytest.mark.parametrize(
    ("name", "said", "form"),
    [
        ("birthday", "Of the guest.", "date"),
        ("departure", "Departure date (optional)", "date"),
        ("ends_at", "When the shop closes.", "date-time"),
        ("start_time", "Time of the day to begin.", "time"),
        ("start_time", "Date and time of the start.", "date-time"),
        ("time_zone", "Of the caller.", None),
        ("candidate", "Whom to call.", None),
        ("date", "As the caller put it.", None),
        ("date", "As DD.MM.YYYY.", None),
    ],
)
def test_a_date_gets_its_form(name: str, said: str, form: str | None):
    (spec,) = rl.check_tools([tool(**{name: text(said)})]).only(rule="string-date").improved()
    schema = spec["parameters"]["properties"][name]
    assert schema.get("format") == form
    assert (schema["description"] != said) == (form is not None)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"minimum": 1, "maximum": 1_000_000}, "From 1 to 1,000,000."),
        ({"maximum": 0.001}, "At most 0.001."),
        ({"minimum": 1e-9}, "At least 0.000000001."),
        ({"multipleOf": 5}, "In steps of 5."),
        ({"minimum": -40, "maximum": 60}, "From -40 to 60."),
        ({"minimum": 0}, None),
        ({"minimum": 1, "exclusiveMaximum": True}, None),
        ({"minimum": 9, "maximum": 3}, None),
        ({"minimum": 10, "maximum": 20}, "From 10 to 20."),
    ],
)
def test_limits_are_told_in_full_and_once(limits: dict[str, Any], told: str | None):
    spec = tool(level={"type": "number", "description": "The level in percent.", **limits})
    (better,) = rl.check_tools([spec]).only(rule="limit-untold").improved()
    said = better["parameters"]["properties"]["level"]["description"]
    assert said == " ".join(filter(None, ("The level in percent.", told)))


# -- whatever is given ----------------------------------------------------------------------------

BROKEN: dict[str, tuple[Any, str]] = {
    "nothing at all": ({}, "name-missing"),
    "None": (None, "not-a-tool"),
    "a text": ("get_weather", "not-a-tool"),
    "a number as a name": (raw(name=7, parameters=OBJECT), "name-missing"),
    "a list as the description": (raw(description=["a"], parameters=OBJECT), "description-missing"),
    "a list as the parameters": (raw(parameters=[CITY]), "parameters-not-object"),
    "a text as the parameters": (raw(parameters="city: string"), "parameters-not-object"),
    "an array as the whole": (
        raw(parameters={"type": "array", "items": CITY}),
        "parameters-not-object",
    ),
    "properties as a list": (tool(more={"properties": ["city"]}), "schema-invalid"),
    "a null as a property": (tool(city=None), "schema-invalid"),
    "required as a text": (tool(more={"required": "city"}), "required-unknown"),
    "required with numbers": (tool(more={"required": [1, None]}), "required-unknown"),
    "an enum that is no list": (tool(city={**CITY, "enum": "Oslo"}), "enum-empty"),
    "a type that is a number": (tool(city={**CITY, "type": 3}), "type-unknown"),
    "a Python type": (tool(city={**CITY, "type": int}), "not-json"),
    "NaN": (tool(city={**CITY, "default": float("nan")}, required=[]), "not-json"),
    "a set": (tool(city={**CITY, "enum": {"Oslo", "Bergen"}}), "not-json"),
    "items as a text": (
        tool(city={"type": "array", "description": "Them.", "items": "string"}),
        "schema-invalid",
    ),
    "function as a text": ({"type": "function", "function": "get_weather"}, "field-unknown"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_definition_is_a_finding(kind: str):
    definition, rule = BROKEN[kind]
    report = rl.check_tools([definition, tool("list_tides", "Tell when the water is high.")])
    assert rule in {finding.rule for finding in report if finding.index == 0}
    assert not [finding for finding in report if finding.index == 1]
    assert repr(report) and report._repr_html_() and json.dumps(report.as_dict())


def test_a_definition_that_holds_itself_is_a_finding():
    endless: dict[str, Any] = tool()
    endless["parameters"]["properties"]["more"] = endless
    (found,) = rl.check_tools([endless])
    assert (found.rule, found.tool) == ("not-a-tool", "get_weather")


def test_a_function_that_cannot_be_described_is_a_finding():
    def get_weather(city): ...

    (found,) = rl.check_tools(get_weather)
    assert (found.rule, found.severity) == ("not-a-tool", "error")
    assert "parameter 'city'" in found.message and "has no type hint" in found.message


def test_the_tools_of_a_remote_server_are_left_out():
    remote = {"type": "mcp", "server_label": "docs", "server_url": "https://example.org/mcp"}
    report = rl.check_tools([remote, tool()])
    assert not report and report.names == ("get_weather",)


def test_one_tool_needs_no_list():
    assert rl.check_tools(tool()).names == ("get_weather",)
    assert rl.check_tools(get_weather).names == ("get_weather",)
    assert rl.check_tools(ToolRegistry([get_weather])).names == ("get_weather",)
    assert rl.check_tools([]).summary.startswith("nothing found in 0 tools")


def test_what_is_no_list_of_tools_is_refused():
    for value in ("get_weather", 42, None):
        with pytest.raises(ToolError, match="give a list of tools"):
            rl.check_tools(value)  # pyright: ignore[reportArgumentType]


def test_nothing_that_was_given_is_changed():
    for case in CASES:
        before = repr(case.fault)
        rl.check_tools(case.fault).improved()
        assert repr(case.fault) == before


ODD = (None, True, 0, -1.5, "", "x", "string", "#", [], [[]], [{}], [None], ["city"], ["x", ["x"]],
       {}, {"x": 1}, {"type": []}, {"$ref": []}, float("inf"), {"x"}, str)  # fmt: skip
KEYWORDS = (
    "type properties required items prefixItems enum const default examples description title "
    "format pattern minimum maximum minLength maxItems multipleOf anyOf oneOf allOf not if $ref "
    "$defs definitions additionalProperties nullable choices options item fields example require "
    "x-order optional"
)


@pytest.mark.parametrize("keyword", KEYWORDS.split())
def test_any_value_of_a_keyword_is_taken(keyword: str):
    for value in ODD:
        inside = {"type": "array", "description": "Them.", "items": {**CITY, keyword: value}}
        tools = [
            raw(parameters={**OBJECT, keyword: value}),
            tool(city={**CITY, keyword: value}, them=inside),
            tool(place={"anyOf": [{keyword: value}, {"type": "null"}]}),
        ]
        report = rl.check_tools(tools)
        again = rl.check_tools(report.improved())
        assert not [one for one in again if one.suggestion not in (None, one.definition)]
        assert repr(report) and report._repr_html_()


@pytest.mark.parametrize("field", ["name", "description", "parameters", "type", "function", "x"])
def test_any_value_of_a_field_is_taken(field: str):
    for value in ODD:
        report = rl.check_tools([raw(**{field: value}), {"function": {field: value}}])
        again = rl.check_tools(report.improved())
        assert not [one for one in again if one.suggestion not in (None, one.definition)]
        assert repr(report) and report._repr_html_()


@pytest.mark.parametrize(
    "again",
    ["a", "a,", "a-", "a_", " or a", "one of a, ", "'a' ", "`a_b` ", "\n- a", "/aa", "(", " "],
)
def test_a_very_long_description_is_read_in_a_moment(again: str):
    """Patterns that go back and forth would take minutes for it."""
    long = again * (20_000 // len(again))
    found = rules([tool(description=long, mode=text(long))])
    assert ("description-long" in found) == bool(long.strip())


@pytest.mark.parametrize("said", ["TODO", "TODO: describe", "todo", "Your description here"])
def test_what_is_still_to_be_written_is_vague(said: str):
    assert "description-vague" in rules([tool(description=said)])


@pytest.mark.parametrize(
    "said", ["Add a todo to the list of the user.", "Fill in a placeholder of the letter."]
)
def test_words_of_the_trade_are_not_vague(said: str):
    assert not rules([tool("add_entry", said)])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS.split()) | st.text(max_size=6), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(st.lists(JSON, max_size=3))
def test_no_definition_is_an_exception(tools: list[Any]):
    report = rl.check_tools(tools)
    again = rl.check_tools(report.improved())
    assert not [
        finding for finding in again if finding.suggestion not in (None, finding.definition)
    ]
    assert repr(report) and report._repr_html_() and report.table() is not None


@given(st.lists(st.sampled_from(CASES), min_size=1, max_size=4), st.randoms())
def test_what_can_be_mended_is_mended_whatever_else_is_wrong(cases: list[Case], order: Random):
    """Faults of several rules in one parameter object, and tools beside each other."""
    tools = [spec for case in cases for spec in case.fault]
    order.shuffle(tools)
    merged = [*tools, *merged_parameters(tools)]
    again = rl.check_tools(rl.check_tools(merged).improved())
    assert not [finding for finding in again if finding.suggestion]


def merged_parameters(tools: list[Any]) -> list[Any]:
    """One tool with the parameters of all."""
    schemas = [
        spec["parameters"] for spec in tools if isinstance(spec, dict) and spec.get("parameters")
    ]
    whole: dict[str, Any] = {}
    for schema in schemas:
        properties = {**whole.get("properties", {}), **schema.get("properties", {})}
        whole |= schema | {"properties": properties}
    return [raw(name="keep_all", parameters=whole)] if whole else []


# -- the report -----------------------------------------------------------------------------------


def test_the_worst_is_told_first_tool_by_tool():
    report = rl.check_tools(
        [tool("weather", unit=text("One of celsius, fahrenheit.")), tool(beside={"strict": True})]
    )
    assert [(f.tool, f.severity) for f in report] == [
        ("weather", "warning"),
        ("weather", "advice"),
        ("get_weather", "error"),
        ("get_weather", "warning"),
    ]
    assert [f.rule for f in report.errors] == ["strict"] and report.has_errors
    assert report.counts == {"error": 1, "warning": 2, "advice": 1}
    assert (
        len(report) == 4 and report[0] is report.findings[0] and report[:2] == report.findings[:2]
    )


def test_a_suggestion_changes_one_thing_and_leaves_the_rest():
    spec = tool(
        unit=text("One of celsius, fahrenheit."), days={"type": "int", "description": "Up to 6."}
    )
    report = rl.check_tools([spec]).only(rule="free-enum")
    (found,) = report
    assert found.suggestion == {
        **spec,
        "parameters": {
            **spec["parameters"],
            "properties": {
                **spec["parameters"]["properties"],
                "unit": text("One of celsius, fahrenheit.", enum=["celsius", "fahrenheit"]),
            },
        },
    }
    assert report.improved() == [found.suggestion]
    assert (
        rl.check_tools([spec]).improved()[0]["parameters"]["properties"]["days"]["type"]
        == "integer"
    )


def test_what_is_improved_is_a_tool_again():
    case = BY_RULE["parameters-not-object"]
    (spec,) = rl.check_tools(case.fault).improved()
    made = rl.Tool.from_dict(spec, lambda city: city)
    assert made.read_arguments('{"city": "Oslo"}') == {"city": "Oslo"}


def test_what_is_improved_is_taken_by_a_service():
    refused = [rl.check_tools(case.fault) for case in CASES if BY_ID[case.rule].severity == "error"]
    # Of the others somebody has to decide.
    mended = [report for report in refused if all(finding.edits for finding in report.errors)]
    assert mended
    for report in mended:
        check_asked({"tools": report.improved()}, "session")
        check_tools(report.improved(), "session", mcp=False)


def test_a_part_of_the_report_mends_a_part():
    tools = [
        tool(beside={"strict": True}),
        tool("get_tides", "Tell when the water is high.", beside={"strict": True}),
    ]
    part = rl.check_tools(tools).only(tool="get_tides", severity="error")
    assert [f.tool for f in part] == ["get_tides"] and len(part.improved()) == 1
    with pytest.raises(ToolError, match="no severity 'bad'"):
        part.only(severity="bad")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ToolError, match="no tool 'x'"):
        part.only(tool="x")
    with pytest.raises(ToolError, match="do you mean strict"):
        part.only(rule="strickt")


def test_rules_can_be_ignored():
    spec = tool(beside={"strict": True})
    report = rl.check_tools([spec], ignore="strict")
    assert not report and report.improved() == [spec]
    with pytest.raises(ToolError, match=r"docs/tool-check\.md"):
        rl.check_tools([spec], ignore=["zzz"])


def test_tokens_and_dollars_are_those_of_a_turn():
    report = rl.check_tools(WELL_WRITTEN, model="gpt-realtime")
    told = json.dumps(list(report.specs))
    assert report.tokens == -(-len(told) // 4)
    price = rl.prices().price("gpt-realtime")
    assert price is not None
    assert report.dollars_per_turn == pytest.approx(report.tokens * price.text_in / 1e6)
    assert report.dollars_per_turn_cached == pytest.approx(report.tokens * price.text_cached / 1e6)
    assert [size.tokens for size in report.sizes] == sorted(
        (size.tokens for size in report.sizes), reverse=True
    )
    assert sum(size.tokens for size in report.sizes) == pytest.approx(report.tokens, rel=0.02)


def test_the_cost_is_unknown_rather_than_nothing():
    report = rl.check_tools([tool()], model="my-own")
    assert report.dollars_per_turn is None and "cost unknown" in report.summary
    first = rl.check_tools([tool()], model="gpt-4o-realtime-preview-2024-10-01-launch")
    assert first.dollars_per_turn and first.dollars_per_turn_cached is None
    assert "from the cache" not in first.summary


def test_the_embedded_server_counts_the_same_tokens():
    report = rl.check_tools(WELL_WRITTEN)
    plan = SimpleNamespace(instructions="", tools=list(report.specs))
    reads = read_preface(plan)  # pyright: ignore[reportArgumentType]
    assert reads[-1] == Read("tools", report.tokens)


def test_the_text_names_tool_severity_and_what_to_write():
    lines = repr(rl.check_tools(BY_RULE["free-enum"].fault)).splitlines()
    assert lines[0].startswith("Tools: 1 warning in 1 tool; about 62 tokens in every turn of gpt-")
    assert lines[1:] == [
        "  get_weather",
        "    warning  unit takes any text, but is said to be 'celsius', 'fahrenheit'. [free-enum]",
        '               parameters.properties.unit.enum = ["celsius", "fahrenheit"]',
    ]


def test_the_html_needs_no_script_and_escapes_what_was_given():
    evil = "<script>alert(1)</script>"
    report = rl.check_tools([tool(evil, evil, **{evil: text(f"One of {evil}, b.")}), tool()])
    html = report._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html
    assert "<b>Instead:</b>" in html and "name-invalid" in html and "1,000 turns" in html


def test_a_long_report_is_shortened_in_html_alone():
    names = [f"city_{number}" for number in range(150)]
    report = rl.check_tools([tool(**{name: {"type": "string"} for name in names})])
    assert len(report) > 150 and html_rows(report) == 100
    assert f"{len(report) - 100} more" in report._repr_html_()


def html_rows(report: ToolReport) -> int:
    return report._repr_html_().count("<b>Instead:</b>")


KEY = "sk-" + "Ab1" * 8


@pytest.mark.parametrize(
    ("tools", "path"),
    [
        (tool(description=f"Get the weather, with {KEY}.", city=CITY), "$.description"),
        (tool(city=text(f"The city; api_key={KEY}.")), "$.parameters.properties.city.description"),
        (tool(word=text("As agreed.", enum=[KEY])), "$.parameters.properties.word.enum"),
        (
            tool(password=text("As agreed.", default="hunter2"), required=[]),
            "$.parameters.properties.password.default",
        ),
    ],
)
def test_a_key_is_found_wherever_it_is_told_and_not_told_again(tools: Any, path: str):
    report = rl.check_tools([tools])
    (found,) = [finding for finding in report if finding.rule == "key-told"]
    assert found.json_path == path
    assert not any(key in str(found) + str(found.changes) for key in (KEY, "hunter2"))


def test_the_table_has_a_row_for_each_finding():
    (row,) = rl.check_tools(BY_RULE["free-enum"].fault).table()
    assert row["tool"] == "get_weather" and row["parameter"] == "unit"
    assert row["path"] == "$.parameters.properties.unit" and row["severity"] == "warning"
    assert row["changes"] == ['parameters.properties.unit.enum = ["celsius", "fahrenheit"]']
    assert row["source"].startswith("OpenAI") and row["instead"] and row["why"]


def test_rules_say_what_they_are_in_whole_sentences():
    for rule in TOOL_RULES:
        about = rule.about
        assert about.why.endswith(".") and about.instead[-1] in '.`"', about.id
        assert about.title[0] in about.title[0].upper() + "`" and not about.title.endswith(".")
        assert about.source and not about.source.endswith("."), about.id
