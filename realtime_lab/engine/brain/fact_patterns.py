"""The forms in which people tell of themselves, and how each fact is told back."""

# ruff: noqa: E501, SIM905 -- patterns and word lists read better on one line
from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["AMBIGUOUS_NAMES", "FIRST_NAMES", "NOTED", "NOT_NAMES", "PATTERNS", "FactPattern"]


@dataclass(frozen=True, slots=True)
class FactPattern:
    """One form. ``told`` is the fact as a clause to the user, filled from the groups.

    Facts of the same ``kind`` and subject replace each other; with ``many`` each value is a fact
    of its own. Groups: ``value``, and where it is not about the user, ``subject`` and ``verb``.
    """

    kind: str
    pattern: re.Pattern[str]
    told: str
    many: bool = False


_NUMBER = r"(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -]\w+)?|\w+teen|ten|eleven|twelve|five|six|seven|eight|nine)"
_SUBJECT = (
    r"(?P<subject>(?:(?!(?:i|you|we|thinks?|says?|said|that|which|who|know) )[\w'-]+ ?){1,5}?)"
)
_MANY = r"(?:an?|some|no|two|three|four|five|six|seven|eight|nine|ten|twelve|many|\d+)"
_NO_POSSESSION = r"(?:question|problem|idea|request|wish|look|moment|minute|headache|cold|feeling|bit|lot|thought|plan)"


def _form(kind: str, pattern: str, told: str, many: bool = False) -> FactPattern:
    return FactPattern(kind, re.compile(rf"^(?:{pattern})$", re.IGNORECASE), told, many)


PATTERNS: tuple[FactPattern, ...] = (
    _form("name", r"(?:my|the) (?:full |first |real |own )?name is (?P<value>.+)", "your name is {value}"),
    _form("name", r"(?:please |you can |you may |just |people |my friends |everybody |everyone )*calls? me (?P<value>.+)", "your name is {value}"),
    _form("name", r"i am (?:called|named) (?P<value>.+)", "your name is {value}"),
    _form("age", rf"i am (?P<value>{_NUMBER})(?: years? old)?(?: now)?", "you are {value} years old"),
    _form("name?", r"(?:i am|this is|it is) (?P<value>[^\W\d_][\w'-]*(?: [^\W\d_][\w'-]*){0,2}?)(?:,? (?:and|but|from|here|nice|by the way)\b.*)?", "your name is {value}"),
    _form("from", r"i (?:am|come) from (?P<value>.+)", "you are from {value}"),
    _form("live", r"i (?:now |currently |also |just )?(?:live|stay) (?P<value>(?:in|at|near|on|by|with|alone|here)\b.*)", "you live {value}"),
    _form("live", r"(?:i|we) (?:have )?(?:just |recently )?moved to (?P<value>.+)", "you live in {value}"),
    _form("born", r"i was born (?P<value>.+)", "you were born {value}"),
    _form("work", r"i (?:now |currently )?work (?P<value>(?:as|at|in|for|with|on|from|night)\b.*)", "you work {value}"),
    _form("own", rf"(?:my|our) {_SUBJECT}(?:'s name| name) (?P<verb>is|are) (?P<value>.+)", "your {subject} {verb} called {value}"),
    _form("own", rf"(?:my|our) {_SUBJECT} (?P<verb>is|are) (?:called|named) (?P<value>.+)", "your {subject} {verb} called {value}"),
    _form("own", rf"(?:my|our) {_SUBJECT} (?P<verb>is|are) (?P<value>.+)", "your {subject} {verb} {value}"),
    _form("does", r"(?:my|our) (?P<subject>[\w'-]+(?: (?!i\b|should\b|thinks\b|says\b|that\b)[\w'-]+)?) (?P<verb>lives?|works?|likes?|loves?|hates?|has|plays?|studies|study|speaks?|comes?) (?P<value>.+)", "your {subject} {verb} {value}"),
    _form("own", r"(?P<value>(?!what|who|that|this|it|he|she|where|here|there|how)[\w' -]{2,30}?) (?P<verb>is) my (?P<subject>(?:favou?rite )?\w+(?: \w+)?)", "your {subject} {verb} {value}"),
    _form("like", r"(?:i|we) (?:really |also |very much )?(?:like|love|enjoy|adore) (?P<value>(?!it\b|that\b|this\b|you\b|your\b|them\b).+)", "you like {value}", many=True),
    _form("dislike", r"(?:i|we) (?:really )?(?:hate|dislike|do not (?:really )?like|cannot stand) (?P<value>(?!it\b|that\b|this\b|you\b|your\b|them\b).+)", "you do not like {value}", many=True),
    _form("have", rf"(?:i|we) (?:also )?(?:have|have got|own) (?P<value>{_MANY} (?!(?:\w+ )?{_NO_POSSESSION}\b).+)", "you have {value}", many=True),
    _form("be", r"i am (?P<value>(?:allergic to|afraid of|scared of|interested in|married|single|good at|bad at|learning|studying|divorced|retired|vegetarian|vegan|pregnant)\b.*)", "you are {value}", many=True),
    _form("be", r"i am (?P<value>an? (?!bit\b|little\b|lot\b).+)", "you are {value}", many=True),
    _form("do", r"i (?:also |can )?(?P<verb>play|study|speak|drive|collect|teach|learn) (?P<value>(?!it\b|that\b|this\b|with you\b|to you\b).+)", "you {verb} {value}", many=True),
    _form("the", rf"the {_SUBJECT} (?P<verb>is|are) (?P<value>(?:at|on|in|next|under) .+)", "the {subject} {verb} {value}"),
)  # fmt: skip
"""The first that fits a clause counts. A "name?" counts only where the value looks like a name."""

NOTED: tuple[FactPattern, ...] = (
    _form("the", rf"(?:the|an?) {_SUBJECT} (?P<verb>is|are) (?P<value>.+)", "the {subject} {verb} {value}"),
)  # fmt: skip
"""More forms, for what the user asks to be remembered."""

NOT_NAMES = frozenset(
    "a able about afraid again alive alone all alright also always an angry annoyed anxious asking at available awake aware back "
    "bad better bored boring british american english german french spanish italian dutch norwegian swedish danish chinese "
    "japanese indian russian polish irish scottish european confused cold cool crazy curious doing done down drunk early easy "
    "excited exhausted fine first free from full funny glad going gone good great green happy here hot hungry ill in interested "
    "it just last late later learning leaving listening lonely looking lost lucky mad married maybe me my nervous new nice no "
    "not now of off ok okay old on out over pleased quite ready really right sad safe satisfied serious sick silly single sleepy "
    "so some sorry starving still stressed stuck stupid sure surprised talking testing that the there thinking thirsty this "
    "tired to too trying unhappy unsure up upset used vegan vegetarian very waiting warm well what when where who why with "
    "wondering working worried wrong yes your you".split()
)
FIRST_NAMES = frozenset(
    "ada adam adrian agnes ahmed alan albert alex alexander alice amanda amir amy ana andrea andreas andrew angela anita ann anna "
    "anne anton antonio arthur barbara beatrice ben benjamin bill bob brian carl carla carlos carol caroline catherine cecilia "
    "charles charlotte chloe chris christian christina claire clara claude dan daniel david diana diego dmitri dorothy ed edward "
    "elena eleanor elias elisabeth elizabeth ella emil emily emma eric erik eva eve fatima felix fiona frank fred george giulia "
    "grace greta hannah hans harry hassan heidi helen henry hugo ian ibrahim ida igor ingrid irene iris isaac isabel ivan jack "
    "jacob james jan jane jason javier jean jennifer jessica jim joan joe johan john jonas jose joseph juan judith julia julian "
    "julie kai karen karl kate katherine kevin klara lars laura lea leo leon lily linda lisa louis louise lucas lucy luis luke "
    "magnus marc marco margaret maria marie mario mark marta martha martin mary matthew max maya mia michael miguel mike mohamed "
    "monica nadia natalie nick nicolas nina noah nora oliver olivia omar oscar otto pablo patrick paul paula pedro peter philip "
    "pia rachel ray rebecca richard rita robert rosa ruth ryan sam samuel sandra sara sarah sean sofia sophie stefan stephen "
    "steve susan sven tara ted thomas tim tom tony ursula vera victor victoria walter wei will william yuki zoe".split()
)
"""Enough to tell "i am ada" from "i am tired" where a recogniser writes no capitals."""

AMBIGUOUS_NAMES = frozenset("bill frank grace jack may mark ray rich rose will iris".split())
"""Names that are words too."""
