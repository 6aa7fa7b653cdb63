"""What is heard, and what is settled with the service when it is cut off."""

from realtime_lab.protocol import (
    ContentPart,
    ItemDelete,
    ItemTruncate,
    Message,
    OutputAudioDone,
)
from realtime_lab.session.playback import Playback
from tests.entries import audio, done


class RecordedPlayer:
    def __init__(self) -> None:
        self.orders: list[tuple[str, str]] = []

    def play(self, item_id: str, pcm: bytes) -> None:
        self.orders.append(("play", item_id))

    def finish(self, item_id: str) -> None:
        self.orders.append(("finish", item_id))

    def stop(self) -> None:
        self.orders.append(("stop", ""))


class Scene:
    """A playback with a recorded player and a clock that is turned by hand."""

    def __init__(self, *, listening: bool = True) -> None:
        self.sent, self.marks, self.timers = [], [], []
        self.playback = Playback(
            self.sent.append,
            lambda name, **data: self.marks.append((name, data)),
            lambda seconds, function: self.timers.append(function),
        )
        self.player = RecordedPlayer()
        if listening:
            self.playback.attach(self.player)

    def receive(self, *events) -> None:
        for event in events:
            if event is SPEECH:
                self.playback.interrupt("voice")
            else:
                self.playback.apply(event)


SPEECH = object()
"""Somebody begins to speak."""


def test_speech_goes_to_the_player_and_its_end_is_told():
    scene = Scene()
    scene.receive(audio("r", "a"), OutputAudioDone(response_id="r", item_id="a"))
    assert scene.player.orders == [("play", "a"), ("finish", "a")]


STARTED = ("lab.playback_started", {"item_id": "a", "response_id": "r", "ago": 0.02})
SPOKEN = OutputAudioDone(response_id="r", item_id="a")


def ended(heard_ms: int) -> tuple[str, dict]:
    data = {"item_id": "a", "response_id": "r", "heard_ms": heard_ms}
    return ("lab.playback_ended", data)


def test_the_first_sample_played_is_marked_once_with_how_long_ago_it_was():
    scene = Scene()
    scene.receive(audio("r", "a"))
    scene.playback.played("a", 0.02)
    scene.playback.played("a", 0.04)
    assert scene.marks == [STARTED]


def test_the_last_sample_played_is_marked_once_nothing_more_can_come():
    scene = Scene()
    scene.receive(audio("r", "a", 100))
    scene.playback.played("a", 0.02)
    scene.playback.played("a", 0.1)
    assert scene.marks == [STARTED], "more may come"
    scene.receive(audio("r", "a", 100), SPOKEN, done("r", output=[spoken("a")]))
    scene.playback.played("a", 0.2)
    scene.playback.played("a", 0.2)
    assert scene.marks == [STARTED, ended(200)]


def test_an_answer_heard_before_its_end_is_told_ends_when_it_is_told():
    scene = Scene()
    scene.receive(audio("r", "a", 20))
    scene.playback.played("a", 0.02)
    scene.receive(SPOKEN, done("r", output=[spoken("a")]))
    assert scene.marks == [STARTED, ended(20)]


def test_an_answer_that_was_cut_off_ends_where_the_player_stopped():
    scene = Scene()
    scene.receive(audio("r", "a", 500), SPOKEN)
    scene.playback.played("a", 0.02)
    scene.receive(SPEECH)
    scene.playback.played("a", 0.1)
    assert scene.marks[:2] == [STARTED, ended(100)]
    scene.receive(done("r", "cancelled", [spoken("a")]))
    assert [name for name, _ in scene.marks[2:]] == ["lab.interrupted"]


def test_what_is_left_of_a_lost_answer_ends_too():
    scene = Scene()
    scene.receive(audio("r", "a", 20))
    scene.playback.played("a", 0.02)
    scene.playback.connection_lost([])
    assert scene.marks == [STARTED, ended(20)]


def test_speaking_over_the_model_truncates_at_what_was_played():
    scene = Scene()
    scene.receive(audio("r", "a", 500))
    scene.playback.played("a", 0.1)
    scene.receive(SPEECH)
    assert scene.player.orders[-1] == ("stop", "")
    assert scene.sent == [], "the player has not said yet where it stopped"
    scene.playback.played("a", 0.12)
    assert scene.sent == [ItemTruncate(item_id="a", content_index=0, audio_end_ms=120)]


def test_a_player_that_says_nothing_does_not_hold_up_the_truncation():
    scene = Scene()
    scene.receive(audio("r", "a", 500))
    scene.playback.played("a", 0.1)
    scene.receive(SPEECH)
    [timer] = scene.timers
    timer()
    assert scene.sent == [ItemTruncate(item_id="a", content_index=0, audio_end_ms=100)]


def test_what_nobody_heard_leaves_the_conversation():
    scene = Scene()
    scene.receive(audio("r", "a"), SPEECH)
    scene.timers[0]()
    assert scene.sent == [ItemDelete(item_id="a")]


def test_an_answer_heard_to_its_end_is_left_alone():
    scene = Scene()
    scene.receive(audio("r", "a", 100))
    scene.playback.played("a", 0.1)
    scene.receive(SPEECH)
    assert scene.sent == []
    assert ("stop", "") not in scene.player.orders


def test_late_audio_of_a_cut_answer_is_not_played():
    scene = Scene()
    scene.receive(audio("r", "a"), SPEECH, audio("r", "a"))
    assert scene.player.orders == [("play", "a"), ("stop", "")]


def test_without_a_player_nothing_is_cut_off():
    scene = Scene(listening=False)
    scene.receive(audio("r", "a"), SPEECH)
    assert (scene.sent, scene.timers) == ([], [])


def test_the_next_answer_can_be_interrupted_though_the_last_one_was_not_settled_yet():
    scene = Scene()
    scene.receive(audio("r1", "a", 500))
    scene.playback.played("a", 0.1)
    scene.playback.interrupt()
    scene.receive(audio("r2", "b", 500))
    scene.playback.played("a", 0.1)
    assert scene.playback.current == "b"
    scene.playback.played("b", 0.2)
    scene.playback.interrupt()
    scene.playback.played("b", 0.2)
    cut = [(event.item_id, event.audio_end_ms) for event in scene.sent]
    assert cut == [("a", 100), ("b", 200)]


def test_an_answer_queued_behind_the_one_cut_off_was_not_heard_either():
    scene = Scene()
    scene.receive(audio("r", "a", 500), audio("r", "b", 500))
    scene.playback.played("a", 0.1)
    scene.receive(SPEECH, audio("r", "b"))
    scene.playback.played("a", 0.1)
    assert scene.sent == [
        ItemDelete(item_id="b"),
        ItemTruncate(item_id="a", content_index=0, audio_end_ms=100),
    ]
    assert scene.player.orders.count(("play", "b")) == 1


def spoken(item_id: str) -> Message:
    """An item of the model with speech in it."""
    return Message(id=item_id, role="assistant", content=[ContentPart(type="output_audio")])


def interrupted(scene: Scene) -> list[tuple[str, int, str]]:
    """Of each mark of an interruption: the item, what was heard, what was done."""
    marks = [data for name, data in scene.marks if name == "lab.interrupted"]
    return [(data["item_id"], data["heard_ms"], data["action"]) for data in marks]


def test_the_mark_tells_how_it_was_interrupted_and_what_was_done():
    scene = Scene()
    scene.receive(audio("r", "a", 500))
    scene.playback.played("a", 0.1)
    scene.playback.interrupt("text", "r")
    scene.playback.played("a", 0.12)
    assert scene.marks[-1] == (
        "lab.interrupted",
        {
            "by": "text",
            "response_id": "r",
            "item_id": "a",
            "content_index": 0,
            "heard_ms": 120,
            "received_ms": 500,
            "action": "truncate",
        },
    )


def test_speech_of_a_response_that_was_stopped_before_its_first_sound_is_never_played():
    scene = Scene()
    scene.playback.interrupt("stop", "r")
    scene.receive(audio("r", "a"), OutputAudioDone(response_id="r", item_id="a"))
    assert scene.player.orders == []
    assert scene.sent == []
    scene.receive(done("r", "cancelled", [spoken("a")]))
    assert scene.sent == [ItemDelete(item_id="a")]
    assert interrupted(scene) == [("", 0, "none"), ("a", 0, "delete")]


def test_words_without_any_sound_leave_the_conversation_too():
    scene = Scene()
    scene.playback.interrupt("stop", "r")
    scene.receive(done("r", "cancelled", [spoken("a")]))
    assert scene.sent == [ItemDelete(item_id="a")]


def test_written_answers_stay():
    scene = Scene()
    scene.playback.interrupt("stop", "r")
    written = Message(id="a", role="assistant", content=[ContentPart(type="output_text", text="x")])
    scene.receive(done("r", "cancelled", [written]))
    assert scene.sent == []


def test_an_answer_heard_as_far_as_it_came_is_cut_where_more_was_on_its_way():
    scene = Scene()
    scene.receive(audio("r", "a", 100))
    scene.playback.played("a", 0.1)
    scene.playback.interrupt("voice", "r")
    scene.playback.played("a", 0.1)
    assert scene.sent == [], "nothing is known to be unheard"
    scene.receive(audio("r", "a", 200), done("r", "cancelled", [spoken("a")]))
    assert scene.sent == [ItemTruncate(item_id="a", content_index=0, audio_end_ms=100)]
    assert ("play", "a") not in scene.player.orders[1:]


def test_an_answer_heard_as_far_as_it_came_is_left_alone_where_nothing_followed():
    scene = Scene()
    scene.receive(audio("r", "a", 100))
    scene.playback.played("a", 0.1)
    scene.playback.interrupt("voice", "r")
    scene.playback.played("a", 0.1)
    scene.receive(done("r", "cancelled", [spoken("a")]))
    assert scene.sent == []
    assert interrupted(scene) == [("a", 100, "none")]


def test_in_an_item_of_several_parts_the_position_counts_in_the_part_that_sounded():
    scene = Scene()
    second = audio("r", "a", 300)
    second.content_index = 2
    scene.receive(audio("r", "a", 200), second)
    scene.playback.played("a", 0.25)
    scene.receive(SPEECH)
    scene.playback.played("a", 0.25)
    assert scene.sent == [ItemTruncate(item_id="a", content_index=2, audio_end_ms=50)]


def test_whoever_waits_is_told_once_the_service_was():
    scene = Scene()
    scene.receive(audio("r", "a", 500))
    scene.playback.interrupt("text", "r")
    told = []
    scene.playback.when_settled(lambda: told.append(list(scene.sent)))
    assert scene.playback.is_settling
    scene.playback.played("a", 0.1)
    assert told == [[ItemTruncate(item_id="a", content_index=0, audio_end_ms=100)]]
    assert not scene.playback.is_settling
