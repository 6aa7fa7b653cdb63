"""When a request for a response may be sent."""

from realtime_lab.protocol import ResponseConfig, ResponseCreate, ResponseTracker
from realtime_lab.session.gate import BUSY, ResponseGate

from .entries import ask, created, done, error


class Line:
    """A gate and its tracker, fed together as a session does."""

    def __init__(self) -> None:
        self.tracker = ResponseTracker()
        self.gate = ResponseGate(self.tracker)

    def ask(self, event_id: str) -> list[str]:
        return [r.event_id for r in self.gate.ask(ask(event_id))]

    def apply(self, event) -> list[str]:
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
    line.tracker.apply(created("r1"))
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
