"""docs/eventlog.md says what the code says."""

import re

from realtime_lab.eventlog import EventLog
from tests.render_eventlog_page import PAGE, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(), "run: python -m tests.render_eventlog_page"


def test_every_table_on_the_page_can_be_asked_for_all_its_columns():
    log = EventLog()
    sections = re.split(r"^### `(\w+)`$", page(), flags=re.MULTILINE)[1:]
    tables = dict(zip(sections[::2], sections[1::2], strict=True))
    assert {"events", "turns", "latencies", "tools", "usage"} <= tables.keys()
    for name, text in tables.items():
        told = re.findall(r"^\| `(\w+)` \| ([A-Z ]+) \|", text.partition("\n## ")[0], re.MULTILINE)
        assert log.query(f"FROM {name}").types == dict(told)


def test_the_questions_in_sql_on_the_page_can_be_answered():
    log = EventLog()
    asked = re.findall(r"```sql\n(.*?)```", page(), flags=re.DOTALL)
    asked += re.findall(r'log\.query\("(.*?)"\)', page())
    assert asked
    for sql in asked:
        log.query(sql)
