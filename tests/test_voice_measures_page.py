"""docs/voice-measures.md says what the definitions of the measures say."""

from realtime_lab.voices.measures import FAMILIES, MEASURES
from tests.render_voice_measures import PAGE, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(), "run: python -m tests.render_voice_measures"


def test_every_measure_is_defined_once_with_its_source():
    names = [measure.name for measure in MEASURES]
    assert len(set(names)) == len(names) == sum(len(family.measures) for family in FAMILIES)
    for measure in MEASURES:
        assert len(measure.definition) > 10
        assert measure.definition.endswith(".")
        assert measure.source.endswith(".")
