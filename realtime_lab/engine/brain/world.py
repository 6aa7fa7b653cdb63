"""A small table of very common facts."""

# ruff: noqa: E501 -- tables read better on one line
from __future__ import annotations

__all__ = ["CAPITALS", "TOPICS", "WORLD"]

CAPITALS = {
    "france": "Paris", "germany": "Berlin", "italy": "Rome", "spain": "Madrid", "portugal": "Lisbon", "norway": "Oslo",
    "sweden": "Stockholm", "denmark": "Copenhagen", "finland": "Helsinki", "iceland": "Reykjavik", "poland": "Warsaw",
    "austria": "Vienna", "switzerland": "Bern", "belgium": "Brussels", "netherlands": "Amsterdam", "greece": "Athens",
    "ireland": "Dublin", "england": "London", "united kingdom": "London", "scotland": "Edinburgh", "russia": "Moscow",
    "ukraine": "Kyiv", "turkey": "Ankara", "egypt": "Cairo", "kenya": "Nairobi", "south korea": "Seoul", "japan": "Tokyo",
    "china": "Beijing", "india": "New Delhi", "australia": "Canberra", "new zealand": "Wellington", "canada": "Ottawa",
    "united states": "Washington", "usa": "Washington", "america": "Washington", "mexico": "Mexico City", "brazil": "Brasilia",
    "argentina": "Buenos Aires", "chile": "Santiago", "peru": "Lima", "hungary": "Budapest", "czech republic": "Prague",
}  # fmt: skip

WORLD: tuple[tuple[str, str, str], ...] = (
    # (pattern on plain words, the answer in one word, the answer)
    (r"\bwhy is the sky blue\b", "Scattering", "The air scatters the blue part of sunlight more than the red part."),
    (r"\b(?:what )?colou?r is the sky\b", "Blue", "On a clear day the sky is blue."),
    (r"\bhow many days (?:are )?(?:there )?(?:in|has|does) a year\b", "365", "A year has 365 days, and a leap year 366."),
    (r"\bhow many days (?:are )?(?:there )?(?:in|has|does) a week\b", "Seven", "A week has seven days."),
    (r"\bhow many hours (?:are )?(?:there )?(?:in|has|does) a day\b", "24", "A day has 24 hours."),
    (r"\bhow many minutes (?:are )?(?:there )?(?:in|has|does) an hour\b", "60", "An hour has 60 minutes."),
    (r"\bhow many seconds (?:are )?(?:there )?(?:in|has|does) a minute\b", "60", "A minute has 60 seconds."),
    (r"\bhow many (?:months|weeks) (?:are )?(?:there )?(?:in|has|does) a year\b", "12", "A year has 12 months, which is about 52 weeks."),
    (r"\bhow many planets\b", "Eight", "Eight planets go around the sun."),
    (r"\bhow many continents\b", "Seven", "People usually count seven continents."),
    (r"\b(?:biggest|largest) planet\b", "Jupiter", "The largest planet of our sun is Jupiter."),
    (r"\b(?:biggest|largest) ocean\b", "Pacific", "The largest ocean is the Pacific."),
    (r"\b(?:biggest|largest) country\b", "Russia", "The largest country is Russia."),
    (r"\b(?:biggest|largest) animal\b", "Whale", "The largest animal is the blue whale."),
    (r"\bfastest (?:land )?animal\b", "Cheetah", "The fastest animal on land is the cheetah."),
    (r"\b(?:highest|tallest) mountain\b", "Everest", "The highest mountain is Mount Everest, at 8849 meters."),
    (r"\blongest river\b", "Nile", "The Nile is usually called the longest river; some say it is the Amazon."),
    (r"\bhow far (?:away )?is the moon\b", "Far", "The moon is about 384 thousand kilometers away."),
    (r"\bhow far (?:away )?is the sun\b", "Far", "The sun is about 150 million kilometers away."),
    (r"\bspeed of light\b|\bhow fast is light\b", "Fast", "Light travels about 300 thousand kilometers in a second."),
    (r"\bspeed of sound\b|\bhow fast is sound\b", "Fast", "Sound travels about 340 meters in a second through air."),
    (r"\b(?:when|at what temperature) does water boil\b|\bwater boils?\b.*\?", "100", "Water boils at 100 degrees Celsius at sea level."),
    (r"\b(?:when|at what temperature) does water freeze\b", "Zero", "Water freezes at zero degrees Celsius."),
    (r"\bwhat is water made of\b|\bformula (?:of|for) water\b", "Hydrogen", "Water is made of hydrogen and oxygen."),
    (r"\bwho (?:wrote|is the author of) (?:romeo and juliet|hamlet|macbeth)\b", "Shakespeare", "William Shakespeare wrote it."),
    (r"\bwho painted the mona lisa\b", "Leonardo", "Leonardo da Vinci painted the Mona Lisa."),
    (r"\bwho (?:invented|built) the (?:telephone|phone)\b", "Bell", "Alexander Graham Bell is usually named as the inventor of the telephone."),
    (r"\bwho invented the (?:light ?bulb|lamp)\b", "Edison", "Thomas Edison is usually named for the light bulb, and others worked on it too."),
    (r"\bfirst (?:man|person|human) on the moon\b|\bwho was first on the moon\b", "Armstrong", "Neil Armstrong was the first person on the moon, in 1969."),
    (r"\bwhat is (?:the value of )?pi\b", "3.14", "Pi is about 3.14159."),
    (r"\bhow many legs (?:does|do|has) (?:a |an )?spiders?\b", "Eight", "A spider has eight legs."),
    (r"\bhow many bones\b", "206", "A grown person has 206 bones."),
    (r"\bwhere is the eiffel tower\b", "Paris", "The Eiffel Tower is in Paris."),
    (r"\bwhen did (?:the )?(?:second world war|world war (?:two|2|ii)) end\b", "1945", "The Second World War ended in 1945."),
    (r"\bopposite of (?:hot)\b", "Cold", "The opposite of hot is cold."),
)  # fmt: skip

TOPICS = {
    "sea": "The sea covers about seven tenths of the earth, and its water is salty.",
    "ocean": "The oceans cover about seven tenths of the earth; the Pacific is the largest of them.",
    "moon": "The moon goes around the earth in about 27 days, and always shows us the same side.",
    "sun": "The sun is a star. Its light needs about eight minutes to reach us.",
    "earth": "The earth is the third planet from the sun, and goes around it once a year.",
    "mars": "Mars is the fourth planet from the sun. Iron in its dust makes it red.",
    "rain": "Rain is water that rose as vapour, cooled in the clouds and came down again.",
    "dinosaurs": "Dinosaurs lived for more than 150 million years. Birds are what is left of them.",
    "cats": "Cats sleep for more than half of the day, and hear much better than we do.",
    "dogs": "Dogs come from wolves, and have lived with people for more than ten thousand years.",
    "machine learning": "Machine learning means that a computer finds rules in examples. Nobody did that for me: my rules are written by hand.",
    "artificial intelligence": "Artificial intelligence is software that does what seems to need thought. I am a very small case of it.",
    "computers": "A computer follows simple instructions, very many of them in a second.",
    "music": "Music is sound put in order in time. I can only speak, though.",
    "london": "London is the capital of England, on the river Thames.",
    "paris": "Paris is the capital of France, on the river Seine.",
    "oslo": "Oslo is the capital of Norway, at the end of a fjord.",
    "speech recognition": "Speech recognition finds the words in sound: here it is done on this machine, with no network.",
}  # fmt: skip
"""What to say about a topic, or to "what is ...?"."""
