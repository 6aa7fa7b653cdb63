"""What the rule brain says, as data. Code that chooses among it is in ``skills/``."""

# ruff: noqa: E501 -- patterns and word lists read better on one line
from __future__ import annotations

__all__ = [
    "CANNOT",
    "DEMO_PHRASES",
    "FOREIGN",
    "JOKES",
    "POEMS",
    "SHORT_STORY",
    "SMALL_TALK",
    "STORIES",
]

SMALL_TALK: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # (pattern on plain words, the answer in one word, answers); what follows the bar keeps the talk
    # going, and is said only where nothing else comes after it
    (r"^(?:what is up|how are things|what is new)\b", "Fine", ("All is well here. | What shall we talk about?",)),
    (r"\bdo you (?:have|feel) (?:any )?(?:feelings?|emotions?|pain|anything)\b|\bcan you feel\b", "No", ("No, I have no feelings: I am a set of rules.",)),
    (r"\bare you listening\b", "Yes", ("Yes, I am listening.",)),
    (r"\bcan you see\b", "No", ("No, I can only hear and speak.",)),
    (r"^(?:can|may|could) i ask (?:you )?(?:something|a question|you)\b|^i have (?:a|another|one) (?:\w+ )?question$", "Yes", ("Of course. | What would you like to know?",)),
    (r"^i (?:have to|must|need to|should) (?:go|leave)\b|^i am leaving\b", "Goodbye", ("Goodbye! It was good to talk with you.",)),
    (r"^(?:i do not know|i am not sure|no idea|maybe|perhaps|whatever)$", "Alright", ("That is all right. | Shall I tell you a joke?",)),
    (r"^(?:what (?:can|should|could) i (?:say|ask|do)|what now|i do not know what to (?:say|ask))(?: you| here| now)?$", "Ask", ("Tell me something about yourself, and ask me later whether I remember it.", "Ask me for a story, a sum or the capital of a country.")),
    (r"^the end$", "End", ("The end, then. | What would you like to do next?",)),
    (r"^(?:how are you|how do you do|how is it going|are you (?:ok|well|fine))\b", "Fine",
     ("I am well, thank you. | How are you?", "All my rules are in order, thank you. | And you?")),
    (r"^(?:i am|i feel|i am feeling)? ?(?:very |quite |really )?(?:fine|good|great|well|happy|ok|okay)(?: thank you| thanks| too| and you)*$", "Good",
     ("I am glad to hear that. | What shall we talk about?", "That is good to hear. | What would you like to do?")),
    (r"\b(?:i am|i feel|i am feeling) (?:very |so |quite |a bit |really )?(?:sad|tired|ill|bad|lonely|unhappy|bored|angry|afraid)\b", "Sorry",
     ("I am sorry to hear that. | Would a joke or a story help?",)),
    (r"^(?:good ?bye|bye|see you|good night|farewell)\b|\b(?:good ?bye|bye|bye bye|see you|good night)$", "Goodbye",
     ("Goodbye! It was good to talk with you.", "Goodbye, and take care.")),
    (r"(?<!no )\b(?:thank you|thanks)\b", "Welcome", ("You are welcome.", "With pleasure.")),
    (r"^(?:sorry|i am sorry|excuse me|pardon me)$", "Alright", ("No harm done.",)),
    (r"^(?:but |and )?(?:why|why not|how come|how so)$", "Rules", ("That is what my rules say. | Ask me in other words, if you like.", "I can't say why: my rules do not go that deep.")),
    (r"^(?:i (?:do not|did not|cannot) (?:understand|get it|follow)(?: you| that| it)?|what do you mean(?: by that)?|huh|what|sorry what|what was that)$", "Sorry",
     ("Sorry, I was not clear. | Ask me for a story, a sum or a joke, or tell me something about yourself.",)),
    (r"^(?:please )?(?:be more|say it more|explain it more) (?:clear|simply|clearly)$", "Sorry", ("I can only say it as my rules have it.",)),
    (r"\b(?:i am|i feel) (?:so |very |really |quite |a bit )?(?:hungry|thirsty)\b", "Eat", ("Then something good to eat or drink would help. | What do you like?",)),
    (r"^(?:yes|yeah|yep|sure|of course|right|exactly|correct)(?: please)?$", "Good",
     ("| Good. What would you like to do next?",)),
    (r"^(?:no|nope|not really|no thanks|no thank you)$", "Alright", ("| All right. Tell me when you want something else.",)),
    (r"^(?:ok|okay|all right|alright|fine|i see|interesting|wow|cool|nice|great)$", "Good",
     ("| Shall I go on? You could ask for a story, a sum or a joke.", "| Good. What would you like to do next?")),
    (r"^(?:stop|stop (?:talking|it|that)|be quiet|quiet|shut up|enough|that is enough|silence|never ?mind|cancel)(?: please| now)?$", "Stopped", ("All right, I stop.",)),
    (r"\b(?:can you hear me|do you hear me|are you there|is anybody there|is this (?:thing )?on|testing|mic(?:rophone)? (?:check|test))\b", "Yes",
     ("Yes, I hear you clearly.", "Yes, I am here and I hear you.")),
    (r"\b(?:do you like|what is your favou?rite)\b", "Nothing",
     ("I am a set of rules and like nothing in particular. What about you?",)),
    (r"\b(?:i love you|marry me)\b", "Thanks", ("That is kind. I am only a set of rules, though.",)),
    (r"\b(?:meaning of life|meaning of everything)\b", "42", ("Some say forty-two. I say: a good conversation.",)),
    (r"\b(?:you are|that was|that is) (?:very |really |so |quite )?(?:good|great|smart|clever|nice|wonderful|funny|amazing)\b|^(?:well done|good job|good one|nice one|haha|ha ha|lol)\b", "Thanks",
     ("Thank you! Most of it is a table of phrases.",)),
    (r"\b(?:you are|that was|that is) (?:very |really |so |quite )?(?:bad|stupid|wrong|dumb|boring|terrible|slow)\b", "Sorry",
     ("I am sorry. I am a small set of rules; tell me what to do instead.",)),
    (r"^(?:let us talk(?! about)|talk to me|can we talk|i want to talk|say something|tell me something)", "Gladly",
     ("Gladly. Tell me your name and something you like, and I will remember both.",)),
    (r"\b(?:i am|i have been) (?:back|here)\b", "Welcome", ("Welcome! What shall we do?",)),
)  # fmt: skip

JOKES = (
    "Why did the microphone go to school? It wanted to be heard.",
    "I told my speaker a secret. Now everybody knows it.",
    "What does a modem sing in the shower? Nothing you would recognise.",
    "Two silences walk into a recording. Nobody noticed.",
)
POEMS = (
    "A voice went out across the air, and found a quiet listener there. "
    "It left no print upon the snow, but one more heart that wished it so.",
    "The tide comes in, the tide goes out. The sea does not know what it is about. "
    "But every stone along the shore is rounder than it was before.",
)
SHORT_STORY = (
    "A fox found a radio in the wood. It spoke of rain, and the fox went home. "
    "It rained, and all the other foxes got wet. From then on the fox was called wise, "
    "and it never told anyone about the radio."
)
STORIES = (
    "On the last rock before the open sea there stood a lighthouse, and in it lived a keeper named "
    "Marta. Every evening she climbed the two hundred and twelve steps to the lamp. She wiped the "
    "glass, wound the clockwork, and lit the flame. Then the beam began to turn, and far out on the "
    "water the ships knew where they were. "
    "Marta had never met any of the sailors. But she knew them by their lanterns. There was a green "
    "one that came every Tuesday, and a pair of white ones that always sailed together. And there "
    "was a small yellow light, low on the water, that came at no fixed hour. It was the one she "
    "waited for. "
    "One night in November the wind turned to the north, and a fog came in so thick that she could "
    "not see her own hands. The beam went out into the fog and came to nothing, like a word that "
    "nobody answers. Marta thought of the green light, and of the two white ones. Then she thought "
    "of the yellow light, low on the water, and she put on her coat. "
    "In the cellar there was an old bell. Nobody had rung it for forty years, and the rope had "
    "turned as hard as wood. She pulled with all her strength, and for a long time nothing moved. "
    "Then the bell gave one deep note, and the rock under her feet seemed to hum. She pulled again. "
    "Every minute she rang, all through the night, until her arms no longer felt like her own. "
    "Toward morning the fog grew thin. Marta went up to the gallery and looked out. There was the "
    "green light, safe in the bay. There were the two white ones, side by side. She looked for the "
    "yellow light, and she could not find it. She stood there until the sun was up. "
    "Then she heard a knock at the door, two hundred and twelve steps below. She ran down so fast "
    "that she lost a shoe. At the door stood an old man with a small yellow lantern. His boat was "
    "tied to the rock. I could not see your light, he said. But I heard you. "
    "They drank tea until noon. He told her that he had fished these waters all his life, and that "
    "in bad weather he always looked for her lamp and said good evening to it. I say good evening "
    "too, said Marta, to a yellow light, low on the water. "
    "After that night she rang the bell whenever the fog came. And whenever the weather was good, "
    "there was a second cup on the table. The end.",
    "There was once a clockmaker in a town where it was always late. The bus was late, the baker "
    "was late, and the mayor was so late that most people had never seen him. The clockmaker, whose "
    "name was Otto, thought that this must be his fault. So he decided to build a clock that nobody "
    "could ignore. "
    "He worked on it for a whole winter. It had a face as wide as a door and hands of polished "
    "brass. It had a little window where the moon came up. And when the hour was full, out came a "
    "wooden goose, looked left and right, and called the time in a loud and angry voice. "
    "On the first of April he hung it on the tower. At seven in the morning the goose came out and "
    "called seven times. All over the town people fell out of their beds. At eight the baker opened "
    "his shop, for the first time in years, on the stroke of the hour. At nine the bus came at nine. "
    "The driver was as surprised as everybody else. "
    "For a week the town was on time. The people met each other in the street, because they were "
    "all going to work at once. They stood in long lines, because they all had lunch at noon. In "
    "the evening they sat at home, all at the same hour, and looked at the clock. Nobody was late, "
    "and nobody was happy. "
    "On the eighth day a child came into the shop. Her name was Pia. Mister Otto, she said, when we "
    "were late, my grandmother told me stories while we waited for the bus. Now there is no time "
    "for stories. Otto thought about that for a long while. Then he took his smallest screwdriver "
    "and climbed the tower. "
    "Nobody knows exactly what he did up there. But since that day the goose comes out when it "
    "likes. Sometimes it calls seven when it is nearly eight. Sometimes it calls nothing at all and "
    "only looks at the view. The bus is late again, and at the bus stop there is a bench, and on "
    "the bench there are people telling each other stories. "
    "And if you ask Otto for the time, he looks at his watch, smiles, and says: there is enough. "
    "The end.",
)

CANNOT: tuple[tuple[str, str, str], ...] = (
    # (pattern on plain words, what is asked, why not)
    (r"\b(?:weather|forecast|will it rain|temperature outside)\b", "tell you the weather", "I have no weather service"),
    (r"\b(?:news|headlines)\b", "read you the news", "I have no network"),
    (r"\b(?:search|look up|google|browse)\b.*\b(?:web|internet|online|for|up)\b", "search the web", "I have no network"),
    (r"^(?:please )?(?:can you |could you )?play\b|\bplay (?:some |a )?(?:music|song)", "play music", "I have only my voice"),
    (r"\b(?:sing|hum) (?:me |us )?(?:a |something|for)", "sing", "my voice can only speak"),
    (r"\b(?:set|start) (?:an? |the )?(?:\w+ )*(?:alarm|timer|reminder)\b|\bremind me\b|\bwake me\b", "set timers or reminders", "I have no clock that can ring"),
    (r"\b(?:send|write) (?:an? |the )?(?:\w+ )?(?:email|mail|message|letter|text)\b", "send messages", "I have no way out of this machine"),
    (r"^(?:please )?(?:can you |could you )?(?:call|phone|dial) (?!me\b)\w+", "make phone calls", "I have no telephone"),
    (r"\btranslate\b", "translate", "I know only a few phrases of other languages"),
    (r"\b(?:turn|switch) (?:on|off|up|down)\b|\bturn the \w+ (?:on|off|up|down)\b", "switch things", "nothing is connected to me"),
    (r"\b(?:order|buy|book|reserve) (?:me |us )?(?:an? |the |some )?\w+", "order or book things", "no service is connected to me"),
    (r"\b(?:write|fix|debug) (?:me |some |a |this )?(?:\w+ )?(?:code|program|script|function)\b", "write programs", "I am a small set of rules"),
    (r"\b(?:draw|paint|show me|take) (?:me )?(?:an? )?(?:picture|image|photo|drawing)\b", "make pictures", "I have only ears and a voice"),
    (r"\b(?:open|close|lock|unlock) the (?:door|window|garage|blinds?)\b", "open or close things", "nothing is connected to me"),
    (r"\bstock (?:price|market)\b|\bexchange rate\b", "look up prices", "I have no network"),
)  # fmt: skip

FOREIGN: dict[str, dict[str, str]] = {
    "german": {"hello": "Guten Tag!", "thanks": "Gern geschehen.", "bye": "Auf Wiedersehen!",
               "yes": "Ja.", "no": "Nein.", "name": "Ich heiße {name}.",
               "few": "Ich kann nur wenige Sätze Deutsch."},
    "french": {"hello": "Bonjour !", "thanks": "De rien.", "bye": "Au revoir !",
               "yes": "Oui.", "no": "Non.", "name": "Je m'appelle {name}.",
               "few": "Je ne parle que quelques phrases de français."},
    "spanish": {"hello": "¡Hola!", "thanks": "De nada.", "bye": "¡Adiós!",
                "yes": "Sí.", "no": "No.", "name": "Me llamo {name}.",
                "few": "Solo hablo unas pocas frases de español."},
}  # fmt: skip

DEMO_PHRASES = (
    "hello", "hello there", "good morning", "how are you", "how are you today", "thank you",
    "thank you very much", "goodbye", "can you hear me", "are you there", "yes please", "no thank you",
    "what are you", "who are you", "who made you", "what is your name", "what can you do",
    "which voice is this", "what do you know about me", "what is my name", "what did i say first",
    "what did i say", "where do i live", "what is the code", "tell me a story", "tell me a long story",
    "tell me a short story", "tell me another story", "go on", "continue", "stop", "tell me a joke",
    "tell me a poem", "count from one to ten", "count to ten", "count to twenty",
    "count backwards from ten", "what time is it", "what day is it today", "what is the date",
    "what is two plus two", "what is seven times eight", "what is ten minus three",
    "what is twelve divided by four", "spell hello", "what is the weather like today",
    "go forward ten meters", "turn left", "turn right", "stop talking", "say that again",
    "repeat that please", "please speak slowly", "speak like a pirate", "be brief",
)  # fmt: skip
