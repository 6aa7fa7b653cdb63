"""When a request for a response may be sent."""

from realtime_lab.protocol import (
    Matching,
    Message,
    OutputItemAdded,
    ResponseConfig,
    ResponseCreate,
    ResponseTracker,
)
from realtime_lab.protocol.matching import BUSY
from realtime_lab.session.gate import ResponseGate
from tests.entries import ask, created, done, error


class Line:
    """A gate, its tracker and its matching, fed together as a session does."""

    def __init__(self) -> None:
        self.tracker = ResponseTracker()
        self.matching = Matching()
        self.gate = ResponseGate(self.tracker, self.matching)

    def ask(self, event_id: str) -> list[str]:
        return [r.event_id for r in self.gate.ask(ask(event_id))]

    def apply(self, event) -> list[str]:
        self.matching.apply(event)
        self.tracker.apply(event)
        return [r.event_id for r in self.gate.apply(event)]


def test_a_request_passes_when_nothing_is_active():
    assert Line().ask("a") == ["a"]


def test_a_second_request_waits_for_the_first_response_to_end():
    line = Line()
    line.ask("a")
    assert line.ask("b") == []
    assert line.apply(created("r1")) == []
    assert line.apply(done("r1")) == ["b"]


def test_a_request_waits_for_a_response_that_the_service_began_by_itself():
    line = Line()
    line.apply(created("r1"))
    assert line.ask("a") == []
    assert line.apply(done("r1")) == ["a"]


def test_a_request_that_lost_a_race_is_sent_again_and_is_no_error():
    line = Line()
    line.ask("a")
    assert line.apply(error("a", BUSY)) == []
    line.apply(created("r1"))
    assert line.apply(done("r1")) == ["a"]


def test_a_response_of_the_service_itself_is_not_taken_for_the_answer():
    line = Line()
    line.ask("a")
    line.apply(created("r1"))
    assert line.apply(error("a", BUSY)) == []
    assert line.apply(done("r1")) == ["a"]


def test_a_refused_request_lets_the_next_one_through():
    line = Line()
    line.ask("a")
    line.ask("b")
    assert line.apply(error("a", "invalid_value")) == ["b"]


def test_an_error_about_something_else_changes_nothing():
    line = Line()
    line.ask("a")
    line.ask("b")
    assert line.apply(error("other", BUSY)) == []


def test_an_out_of_band_request_never_waits():
    line = Line()
    line.ask("a")
    aside = ResponseCreate(event_id="x", response=ResponseConfig(conversation="none"))
    assert line.gate.ask(aside) == [aside]


def test_two_that_are_asked_at_once_go_one_after_the_other():
    line = Line()
    assert [line.ask("a"), line.ask("b")] == [["a"], []], "also before the first is on the wire"


def test_a_request_that_is_withdrawn_is_not_made():
    line = Line()
    line.ask("a")
    waiting = ask("b")
    line.gate.ask(waiting)
    assert line.gate.is_waiting(waiting)
    assert line.gate.withdraw(waiting) == []
    line.apply(created("r"))
    assert line.apply(done("r")) == []


def test_a_request_without_an_answer_lets_the_next_one_through_when_it_is_given_up():
    line = Line()
    first = ask("a")
    line.gate.ask(first)
    line.ask("b")
    assert [r.event_id for r in line.gate.withdraw(first)] == ["b"]


def test_a_response_that_only_the_service_knows_of_is_waited_for():
    line = Line()
    line.ask("a")
    assert line.apply(error("a", BUSY)) == []
    assert line.gate.is_blocked
    assert [r.event_id for r in line.gate.open_up()] == ["a"]


def test_a_response_whose_beginning_was_lost_keeps_others_waiting():
    line = Line()
    item = OutputItemAdded(response_id="r", output_index=0, item=Message(role="assistant"))
    line.apply(item)
    assert line.ask("a") == []
    assert line.apply(done("r")) == ["a"]


def test_what_comes_late_of_a_response_that_has_ended_keeps_nobody_waiting():
    line = Line()
    line.apply(created("r"))
    line.apply(done("r"))
    line.apply(created("r"))
    assert line.ask("a") == ["a"]
