"""What is heard, and what is settled with the service when it is cut off."""

from realtime_lab.protocol import ItemDelete, ItemTruncate, OutputAudioDone, SpeechStarted
from realtime_lab.session.playback import Playback

from .entries import audio


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
            self.playback.apply(event)


SPEECH = SpeechStarted(item_id="u", audio_start_ms=0)


def test_speech_goes_to_the_player_and_its_end_is_told():
    scene = Scene()
    scene.receive(audio("r", "a"), OutputAudioDone(response_id="r", item_id="a"))
    assert scene.player.orders == [("play", "a"), ("finish", "a")]


def test_the_first_sample_played_is_marked_once():
    scene = Scene()
    scene.receive(audio("r", "a"))
    scene.playback.played("a", 0.02)
    scene.playback.played("a", 0.04)
    assert scene.marks == [("lab.playback_started", {"item_id": "a"})]


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
