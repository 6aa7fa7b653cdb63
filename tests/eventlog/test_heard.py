"""What was heard of an answer that was cut short, and the account of it."""

from hypothesis import given
from hypothesis import strategies as st

from realtime_lab.eventlog import Mark, Turn, estimate
from realtime_lab.protocol import (
    ContentPart,
    InputAudioBufferCommitted,
    ItemDeleted,
    ItemRetrieved,
    ItemTruncated,
    Message,
    OutputTokens,
    OutputTranscriptDone,
    Usage,
)
from tests.entries import Stream, audio, created, done, heard, words

STORY = [
    created("r"),
    *(
        e
        for w in ("One ", "two ", "three ", "four ")
        for e in (words("r", "a", w), audio("r", "a"))
    ),
]


def told(*events) -> Turn:
    stream = Stream()
    return Turn(1, entries=[stream(event) for event in events])


def cut(item_id: str = "a", heard_ms: int = 200, received_ms: int = 400) -> Mark:
    return Mark(
        "lab.interrupted",
        {
            "by": "voice",
            "response_id": "r",
            "item_id": item_id,
            "heard_ms": heard_ms,
            "received_ms": received_ms,
        },
    )


def counted(audio_tokens: int):
    event = done("r", "cancelled")
    details = OutputTokens(audio_tokens=audio_tokens)
    event.response.usage = Usage(output_tokens=audio_tokens, output_token_details=details)
    return event


def test_an_answer_that_nobody_cut_short_was_heard_as_it_was_said():
    turn = told(*STORY, done("r"))
    assert (turn.said, turn.heard, turn.ledger) == (
        "One two three four",
        "One two three four",
        None,
    )


def test_of_an_interrupted_answer_two_texts_are_kept():
    turn = told(*STORY, cut(), done("r", "cancelled"))
    assert (turn.said, turn.heard) == ("One two three four", "One two")
    [told_of] = turn.heard_by_item.values()
    assert told_of.method == "estimated"
    assert 0 < told_of.error_ms <= 100


def test_text_that_runs_ahead_counts_at_an_even_pace_and_says_how_unsure_that_is():
    ahead = [words("r", "a", "One two three four"), audio("r", "a", 400)]
    turn = told(created("r"), *ahead, cut(heard_ms=210), done("r", "cancelled"))
    assert turn.heard == "One two"
    assert turn.heard_by_item["a"].error_ms > 200


def test_the_services_own_words_come_before_an_estimate():
    left = Message(
        id="a",
        role="assistant",
        content=[ContentPart(type="output_audio", transcript="One two thr")],
    )
    truncated = ItemTruncated(item_id="a", content_index=0, audio_end_ms=200)
    turn = told(*STORY, cut(), done("r"), truncated, ItemRetrieved(item=left))
    assert turn.heard == "One two thr"
    assert turn.heard_by_item["a"].method == "service"


def test_the_final_words_of_the_service_replace_its_pieces():
    final = OutputTranscriptDone(response_id="r", item_id="a", transcript="One, two.")
    assert told(*STORY, final).said == "One, two."


@given(
    st.lists(st.tuples(st.text("ab ", max_size=5), st.integers(0, 500)), max_size=6),
    st.integers(0, 2000),
    st.integers(0, 2000),
)
def test_an_estimate_is_a_beginning_of_the_text_and_grows_with_the_time(pieces, sent, heard_ms):
    pieces = sorted(pieces, key=lambda piece: piece[1])
    text = "".join(piece for piece, _ in pieces).strip()
    shorter, longer = estimate(pieces, sent, heard_ms), estimate(pieces, sent, heard_ms + 100)
    assert text.startswith(shorter.text)
    assert longer.text.startswith(shorter.text)
    assert shorter.error_ms >= 0


def test_the_ledger_tells_what_was_made_sent_heard_believed_and_paid_for():
    truncated = ItemTruncated(item_id="a", content_index=0, audio_end_ms=200)
    before = told(*STORY, cut(), counted(10))
    assert before.ledger is not None
    assert before.ledger.believed_ms == 400, "the model believes it until it is told otherwise"
    turn = told(*STORY, cut(), counted(10), truncated)
    assert turn.ledger is not None
    assert turn.ledger.as_dict() == {
        "generated_ms": 500,
        "sent_ms": 400,
        "played_ms": 200,
        "believed_ms": 200,
        "unheard_tokens": 6,
    }
    assert "played 200 ms" in repr(turn)
    assert '<s title="not heard">three four</s>' in turn._repr_html_()
    assert "paid for unheard 6 tokens" in turn._repr_html_()


def test_an_answer_that_leaves_the_conversation_is_not_believed():
    turn = told(*STORY, cut(heard_ms=0), done("r", "cancelled"), ItemDeleted(item_id="a"))
    assert turn.ledger is not None
    assert (turn.heard, turn.ledger.played_ms, turn.ledger.believed_ms) == ("", 0, 0)
    assert turn.ledger.unheard_tokens is None, "the service told no tokens"


def test_where_nobody_listens_nobody_knows_what_was_heard():
    turn = told(*STORY, counted(8))
    assert turn.interrupted
    assert turn.ledger is not None
    assert (turn.ledger.played_ms, turn.ledger.unheard_tokens) == (None, None)
    assert "played unknown" in str(turn.ledger)


def test_what_sounded_behind_was_not_heard_though_what_came_before_was():
    second = [words("r", "b", "Five"), audio("r", "b", 100)]
    turn = told(*STORY, *second, cut("b", 0, 100), counted(10))
    assert turn.heard == "One two three four"
    assert turn.ledger is not None
    assert (turn.ledger.sent_ms, turn.ledger.played_ms) == (500, 400)


def test_the_users_words_stand_in_the_order_of_the_conversation_not_of_arrival():
    first = InputAudioBufferCommitted(item_id="u1")
    second = InputAudioBufferCommitted(item_id="u2", previous_item_id="u1")
    assert told(first, second, heard("u2", "two"), heard("u1", "one")).transcript_user == "one two"


def test_words_about_an_answer_that_never_ended_are_plain():
    turn = told(*STORY, Mark("lab.response_lost", {"response_id": "r"}))
    assert (turn.status, turn.problem) == (
        "cancelled",
        "the service never told the end of the answer",
    )
