"""docs/server.md says what the tests show."""

from tests.render_reference import PAGE, STATUSES, evidence, page, rows

ROWS = {row["id"]: row for area in rows()["areas"] for row in area["rows"]}


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(), "run: python -m tests.render_reference"


def test_every_row_has_one_of_the_three_words_and_says_where_it_falls_short():
    for row in ROWS.values():
        assert row["status"] in STATUSES, row
        assert row["status"] == "exact" or row["note"], row


def test_what_is_called_exact_or_approximate_is_shown_by_a_test():
    unshown = [name for name, row in ROWS.items() if row["status"] != "not"]
    assert set(unshown) <= set(evidence())


def test_every_mark_names_a_row():
    assert set(evidence()) <= set(ROWS)
