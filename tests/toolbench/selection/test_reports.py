"""What is counted, and how it shows."""

from __future__ import annotations

import re

import pytest

from realtime_lab.errors import ToolError
from realtime_lab.toolbench import Pairing, Selection, SelectionComparison, Utterance, all_of
from realtime_lab.toolbench.selection.answers import Answer, Called
from realtime_lab.toolbench.selection.judging import judge
from realtime_lab.toolbench.selection.selection import Trial
from realtime_lab.tools import Tool
from tests.notebook_cells import is_picture


def get_weather(city: str) -> str:
    """Tell the weather."""
    return city


def set_light(room: str) -> str:
    """Switch a light."""
    return room


TOOLS = {f.__name__: Tool.from_function(f) for f in (get_weather, set_light)}
W, L = Called("get_weather", '{"city": "Oslo"}'), Called("set_light", '{"room": "hall"}')
FAILED = "failed"


def trials(utterance: Utterance, *answers) -> list[Trial]:
    """The repeats of an utterance: the calls of each, `FAILED`, or ``None`` for not asked."""
    found = []
    for repeat, calls in enumerate(answers):
        if calls is None:
            found.append(Trial(utterance, repeat))
            continue
        failed = calls == FAILED
        answer = Answer(
            key=f"{utterance.name} {repeat}", definitions="", utterance="", repeat=repeat, at="",
            calls=() if failed else tuple(calls), latency=0.1 * (repeat + 1) if calls else None,
            tokens_in=100, tokens_out=10, dollars=0.5,
            failure="TransportLost" if failed else "", told="gone" if failed else "",
        )  # fmt: skip
        verdict = None if failed else judge(utterance.due, answer.calls, TOOLS)
        found.append(Trial(utterance, repeat, answer, verdict))
    return found


WEATHER, LIGHT = Utterance("weather", "get_weather"), Utterance("light", "set_light")
BOTH, QUIET = Utterance("both", all_of("get_weather", "set_light")), Utterance("quiet")
A = Selection(
    "a",
    list(TOOLS),
    [
        *trials(WEATHER, [W], [W], [L]),
        *trials(LIGHT, [W], [], [L]),
        *trials(BOTH, [L, W], [W, L], [W]),
        *trials(QUIET, [], FAILED, None),
    ],
    model="some-model",
)
B = Selection(
    "b",
    list(TOOLS),
    [
        *trials(WEATHER, [W], [W], [W]),
        *trials(LIGHT, [L], [L], [W]),
        *trials(BOTH, [W], [W], [W]),
        *trials(QUIET, FAILED, FAILED, FAILED),
    ],
)


def test_shares_leave_out_what_failed_and_what_was_not_asked():
    assert A.outcomes == {
        "right": 6,
        "too_few_calls": 1,
        "wrong_tool": 2,
        "no_call": 1,
        "failed": 1,
        "not_asked": 1,
    }
    assert sum(A.outcomes.values()) == len(A.trials)
    assert (A.accuracy.counts, A.restraint.counts) == ("6/10", "1/1")
    assert A.failures == {"TransportLost": 1}


def test_the_confusion_table_adds_up():
    table = A.confusion
    assert table.total == len(A.verdicts) == 10
    assert table.expected == ["get_weather", "set_light", "(none)", "(several)"]
    assert table["get_weather", "get_weather"] == 2
    assert table["set_light", "(none)"] == 1
    assert table["(several)", "get_weather"] == 1
    assert table.precision("get_weather").counts == "2/4"
    assert table.recall("get_weather").counts == "2/3"
    rows = table.table()
    assert sum(row[name] for row in rows for name in table.called) == 10


def test_a_name_that_no_tool_has_gets_a_column():
    found = Selection("x", list(TOOLS), trials(WEATHER, [Called("get_wether", "{}")]))
    assert found.confusion.called == ["get_weather", "get_wether"]
    assert found.confusion["get_weather", "get_wether"] == 1


def test_figures_of_each_tool():
    by_tool = {one.name: one for one in A.by_tool}
    assert by_tool["set_light"].right.counts == "1/3"
    assert by_tool["set_light"].precision.counts == "1/2"
    assert by_tool["(several)"].right.counts == "2/3"
    assert sum(one.right.trials for one in A.by_tool) == A.accuracy.trials


def test_repeats_give_a_spread():
    assert [share.counts for share in A.by_repeat] == ["3/4", "2/3", "1/3"]
    assert A.spread is not None
    mean, deviation, low, high = A.spread
    assert (mean, low, high) == pytest.approx((7 / 12, 1 / 3, 3 / 4))
    assert deviation == pytest.approx(0.2205, abs=1e-4)
    assert Selection("x", list(TOOLS), trials(WEATHER, [W])).spread is None


def test_an_utterance_is_right_where_more_than_half_of_its_repeats_are():
    assert A.by_utterance.counts == "3/4"
    assert A.consistency.counts == "0/3"
    half = Selection("x", list(TOOLS), trials(WEATHER, [W], [L]))
    assert half.by_utterance.counts == "0/1"


def test_calls_are_alike_whatever_their_order_and_format():
    spelled = Called("get_weather", '{ "city" : "oslo" }')
    found = Selection("x", list(TOOLS), trials(BOTH, [W, L], [L, spelled]))
    assert found.consistency.counts == "1/1"


def test_what_it_took():
    assert A.tokens == (1100, 110)
    assert A.dollars == pytest.approx(5.5)
    assert A.latency == pytest.approx(0.2)
    # Calls after 0.1, 0.2 and 0.3 s, three of each but two of the second.
    assert "median 200 ms, p90 300 ms" in repr(A)


def test_pairs_are_of_utterances_that_were_judged_with_both():
    pair = Pairing(A, B)
    assert [one.utterance.name for one in pair.utterances] == ["weather", "light", "both"]
    assert [one.utterance.name for one in pair.discordant] == ["light", "both"]
    assert (pair.mcnemar.only_a, pair.mcnemar.only_b) == (1, 1)
    assert [share.counts for share in pair.discordant[0].shares] == ["1/3", "2/3"]


def test_a_comparison_has_its_sets_by_name():
    both = SelectionComparison([A, B])
    assert list(both) == ["a", "b"]
    assert both["b"] is B
    assert both.mcnemar == both.pair("a", "b").mcnemar
    assert len(both.table()) == 24
    with pytest.raises(ToolError, match="no set is called 'c'; there are a, b"):
        both["c"]
    with pytest.raises(ToolError, match="one set alone"):
        SelectionComparison([A]).mcnemar  # noqa: B018


def test_the_table_has_a_row_for_each_trial():
    rows = A.table()
    assert len(rows) == 12
    assert rows["outcome"].count("wrong_tool") == 2
    assert rows[0]["due"] == "get_weather(…)"
    assert rows[2]["called"] == 'set_light({"room": "hall"})'
    assert (rows[10]["problem"], rows[11]["called"]) == ("gone", None)
    assert rows["latency"].count(None) == 3
    assert len(rows.pandas()) == 12


def test_it_reads_as_text():
    text = repr(A)
    assert text.startswith("Tool selection “a” by some-model: 60 % right (6/10)")
    assert "failed sessions, in no share: TransportLost 1" in text
    assert "the first of them said: gone" in text
    assert re.search(r"light +1 +wrong tool +set_light\(…\) +get_weather", text)
    assert "p = 1 (McNemar's exact test" in repr(SelectionComparison([A, B]))
    assert "due \\ called" in repr(A.confusion)


def test_it_shows_as_html_without_script():
    for shown in (A, B, A.confusion, Pairing(A, B), SelectionComparison([A, B])):
        html = shown._repr_html_()
        assert "<table" in html
        assert "<script" not in html
        assert html.count("<div") == html.count("</div>")


def test_nothing_said_can_break_out_of_the_html():
    bad = Utterance("<img src=x> ann@example.org", "get_weather")
    found = Selection("<b>", list(TOOLS), trials(bad, [L], []))
    pair = SelectionComparison([found, Selection("b", list(TOOLS), trials(bad, [W], [W]))])
    for html in (found._repr_html_(), pair._repr_html_(), pair.table()._repr_html_()):
        assert "<img" not in html
        assert "ann@" not in html
    assert "ann@" not in repr(found)


def test_figures_are_drawn():
    figure = SelectionComparison([A, B]).figure()
    assert is_picture(figure)
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["a", "b", ""]
    counts = {text.get_text() for text in figure.axes[0].texts}
    assert counts == {"1", "2"}
    assert A.figure().axes[1].get_xlabel() == "right, % (95 % Wilson interval)"
    alone = A.confusion.figure()
    assert is_picture(alone)
    assert len(alone.axes) == 1


def test_nothing_judged_is_shown_too():
    empty = Selection("x", list(TOOLS), trials(WEATHER, FAILED, None))
    assert "– right (0/0)" in repr(empty)
    assert "<table" in empty._repr_html_()
    assert "nothing was judged" in [t.get_text() for t in empty.figure().axes[0].texts]
    pair = SelectionComparison([empty, A])
    assert "no utterance was judged with both" in repr(pair)
    pair.figure()
