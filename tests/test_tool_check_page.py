"""docs/tool-check.md says what the rules say."""

from tests.render_tool_check import PAGE, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(), "run: python -m tests.render_tool_check"
