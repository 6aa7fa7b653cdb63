"""How the stream of events is cut into turns."""

from realtime_lab.errors import RequestRejected
from realtime_lab.eventlog import Mark, Turn, TurnFollower
from realtime_lab.protocol import (
    ContentPart,
    InputAudioBufferCleared,
    ItemCreate,
    Matching,
    Message,
    RateLimitsUpdated,
    ResponseCreate,
    SpeechStarted,
)
from realtime_lab.protocol.matching import BUSY
from tests.entries import (
    HANDS_FREE,
    Stream,
    ask,
    audio,
    call,
    created,
    done,
    error,
    heard,
    output,
    speech,
    words,
)


class Following(TurnFollower):
    """A follower and its matching, fed together as a session does."""

    def __init__(self, *, answers_calls: bool = False) -> None:
        self.matching = Matching()
        self.stream = Stream()
        super().__init__(self.matching, answers_calls=answers_calls)

    def take(self, event) -> None:
        if isinstance(event, ResponseCreate):
            self.matching.keep(event)
        entry = self.stream(event)
        self.matching.apply(event)
        self.apply(entry)


def follow(*events, answers_calls: bool = False) -> tuple[Following, list[Turn]]:
    follower = Following(answers_calls=answers_calls)
    follower.configure(HANDS_FREE, model="m", voice="alloy")
    return follower, feed(follower, *events)


def feed(follower: Following, *events) -> list[Turn]:
    complete = []
    for event in events:
        follower.take(event)
        complete += [turn for turn, _ in follower.completed()]
    return complete


def test_a_spoken_turn_is_complete_when_answered_and_written_down():
    answer = [created("r"), words("r", "a", "Hi."), audio("r", "a"), done("r")]
    follower, complete = follow(*speech("u"), *answer)
    assert complete == []
    assert feed(follower, heard("u", "Hello")) == follower.turns
    [turn] = follower.turns
    assert (turn.transcript_user, turn.transcript, turn.status) == ("Hello", "Hi.", "completed")
    assert turn.audio.seconds == 0.1


def test_a_turn_is_not_complete_between_the_end_of_speech_and_the_response():
    follower, complete = follow(*speech("u"), heard("u", "Hello"))
    assert complete == []
    assert follower.turns[0].status == "in_progress"


def test_speaking_while_the_model_answers_begins_a_new_turn():
    answer = [created("r1"), audio("r1", "a1")]
    late = [audio("r1", "a1"), done("r1", "cancelled", reason="turn_detected")]
    follower, complete = follow(*speech("u1"), heard("u1", "one"), *answer, *speech("u2"), *late)
    first, second = follower.turns
    assert complete == [first]
    assert first.interrupted
    assert first.audio.seconds == 0.2, "what still came of the old answer belongs to the old turn"
    assert second.audio.seconds == 0


def test_a_pause_while_a_turn_is_held_does_not_end_it():
    follower = Following()
    follower.configure(HANDS_FREE, model="m", voice="alloy")
    turn = follower.begin(held=True)
    cut = [created("r1"), audio("r1", "a1")]
    again = [*speech("u2"), done("r1", "cancelled", reason="turn_detected")]
    assert feed(follower, *speech("u1"), *cut, heard("u1", "one"), *again) == []
    follower.release(turn)
    assert feed(follower, created("r2"), audio("r2", "a2"), done("r2"), heard("u2", "two")) == [
        turn
    ]
    assert turn.transcript_user == "one two"


def test_a_turn_with_a_tool_call_ends_after_the_answer_to_its_output():
    asked = [ask(), created("r1"), done("r1", output=[call()])]
    follower, complete = follow(*asked, answers_calls=True)
    assert complete == []
    assert feed(follower, output()) == []
    follower.requested("ask_2", answering="call_1")
    assert feed(follower, ask("ask_2"), created("r2"), done("r2")) == follower.turns
    assert [c.name for c in follower.turns[0].tool_calls] == ["add"]


def test_a_tool_call_that_nobody_answers_ends_the_turn():
    _, complete = follow(ask(), created("r1"), done("r1", output=[call()]))
    assert len(complete) == 1


def test_a_refused_request_fails_its_turn():
    follower = Following()
    follower.begin()
    follower.take(ask("ask_1"))
    follower.take(error("ask_1", "invalid_value", "no such voice"))
    [(_, problem)] = follower.completed()
    assert isinstance(problem, RequestRejected)
    assert (str(problem), problem.code) == ("no such voice", "invalid_value")


def test_what_comes_between_turns_belongs_to_the_last_one():
    follower, _ = follow(ask(), created("r"), done("r"), RateLimitsUpdated())
    assert follower.turns[0].entries[-1].type == "rate_limits.updated"


def test_a_late_transcript_reaches_the_turn_it_belongs_to():
    follower, _ = follow(*speech("u1"), created("r1"), done("r1"))
    assert follower.give_up_words(follower.turns[0]) == ["u1"]
    assert [turn for turn, _ in follower.completed()] == follower.turns
    feed(follower, SpeechStarted(item_id="u2", audio_start_ms=0), heard("u1", "late"))
    assert [t.transcript_user for t in follower.turns] == ["late", ""]


def test_responses_belong_to_the_turns_that_asked_for_them_in_order():
    follower = Following()
    turns = []
    for name in ("ask_1", "ask_2"):
        turns.append(follower.begin())
        follower.requested(name)
    events = [ask("ask_1"), created("r1"), words("r1", "a1", "one"), done("r1")]
    events += [ask("ask_2"), created("r2"), words("r2", "a2", "two"), done("r2")]
    assert feed(follower, *events) == turns
    assert [t.transcript for t in turns] == ["one", "two"]


def test_a_request_that_lost_a_race_does_not_fail_its_turn():
    follower, complete = follow(ask("ask_1"), error("ask_1", BUSY), created("r0"), done("r0"))
    assert feed(follower, ask("ask_1"), created("r1"), done("r1")) + complete == follower.turns


def test_a_response_that_the_service_began_by_itself_goes_back_to_the_turn_it_answers():
    follower, _ = follow(*speech("u"), heard("u", "Hello"))
    typed = follower.begin()
    follower.requested("ask_1")
    race = [ask("ask_1"), created("r1"), words("r1", "a", "Hi."), error("ask_1", BUSY), done("r1")]
    [spoken] = feed(follower, *race)
    assert (spoken.transcript, typed.transcript) == ("Hi.", "")
    again = [ask("ask_1"), created("r2"), words("r2", "b", "Yes."), done("r2")]
    assert feed(follower, *again) == [typed]
    assert (spoken.transcript, typed.transcript) == ("Hi.", "Yes.")


def test_a_turn_in_which_nothing_was_sent_never_was():
    follower, _ = follow()
    follower.abandon(follower.begin())
    assert follower.turns == []


def test_speaking_before_the_last_words_are_written_down_begins_a_new_turn():
    follower, _ = follow(*speech("u1"), created("r1"), done("r1"), *speech("u2"))
    feed(follower, heard("u1", "one"), heard("u2", "two"))
    assert [t.transcript_user for t in follower.turns] == ["one", "two"]


def test_a_response_that_begins_when_its_turn_is_over_is_told_once_if_it_will_not_end():
    follower, complete = follow(ask("ask_1"), ask("ask_2"), error("ask_1"))
    [turn] = follower.turns
    assert complete == [turn]
    assert follower.left_running() == []
    feed(follower, created("r2"))
    assert follower.is_idle
    assert turn.status == "in_progress"
    assert follower.left_running() == [turn]
    assert follower.left_running() == []


def lost(follower: Following) -> None:
    follower.matching.connection_lost()
    follower.connection_lost(lambda turn, response_id: True, lambda: "again")


def test_speech_that_went_with_its_connection_is_the_same_turn_when_it_is_heard_again():
    begun, stopped, _ = speech("u1")
    follower, _ = follow(begun, stopped)
    typed = follower.begin()
    follower.requested("ask_1")
    lost(follower)
    spoken = follower.turns[0]
    assert follower.unheard == [spoken]
    again = [*speech("u2"), created("r2"), done("r2"), heard("u2", "Hello")]
    assert feed(follower, *again) == [spoken]
    assert follower.unheard == []
    assert (spoken.transcript_user, typed.transcript_user) == ("Hello", "")


def test_what_was_spoken_and_thrown_away_is_waited_for_no_longer():
    follower, complete = follow(speech("u1")[0], InputAudioBufferCleared())
    assert complete == follower.turns
    assert follower.is_idle


def test_throwing_audio_away_does_not_touch_what_was_taken_already():
    follower, complete = follow(*speech("u1"), InputAudioBufferCleared())
    assert complete == []
    assert feed(follower, created("r"), done("r"), heard("u1", "Hello")) == follower.turns
    assert follower.turns[0].status == "completed"


def test_what_was_kept_while_there_was_no_connection_belongs_to_its_turn():
    follower = Following()
    turn = follower.begin()
    follower.take(Mark("lab.kept", {"kind": "conversation.item.create", "event_id": "e1"}))
    follower.withdrawn("nothing")
    item = Message(role="user", content=[ContentPart(type="input_text", text="Hello")])
    other = follower.begin()
    follower.take(ItemCreate(event_id="e1", item=item))
    assert (turn.transcript_user, other.transcript_user) == ("Hello", "")
