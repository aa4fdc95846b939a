"""The demo's texts: two small magazines, fifty pieces each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Topic:
    """A cluster of one magazine: its pieces' titles, and sentences that all of them can carry."""

    sector: str
    cluster: str
    tags: tuple[str, ...]
    titles: tuple[str, ...]
    openings: tuple[str, ...]
    advice: tuple[str, ...]
    closing: str


@dataclass(frozen=True)
class Magazine:
    """One demo site. `rhythm` is as in a site's publishing settings."""

    name: str
    url: str
    timezone: str
    passages: tuple[str, ...]
    topics: tuple[Topic, ...]
    rhythm: dict[str, Any]
    plans_by_itself: bool


COFFEE = Magazine(
    "Kupferkanne",
    "https://kupferkanne.example",
    "Europe/Berlin",
    (
        "We began with a plain question and a notebook. For a week nobody was allowed to change more "
        "than one thing a day, which is harder than it sounds when the first cup is poor and the "
        "reason seems obvious. By Thursday the obvious reason had turned out to be the wrong one, and "
        "the page that said so was worth more than the cup.",
        "There is a habit of explaining coffee by its equipment. It is a comfortable habit, because "
        "equipment can be bought. What cannot be bought is the second look: tasting the cup again when "
        "it has cooled, writing down the word that comes first, and leaving the better word for later.",
        "None of this needs much time. Ten minutes before the house wakes up are enough, if the kettle "
        "is filled the evening before and the scale has a place of its own. What takes time is "
        "believing the notes when they disagree with the memory, and then doing what they say.",
        "The people who showed us this do it every day and are a little tired of being asked. They "
        "answer with their hands: a wrist that turns more slowly, a lid left open, a cup held up to "
        "the window. We wrote down what we saw and left out what we only thought we saw.",
        "A word about money, since somebody always asks. The cheapest change is the water, the next "
        "one is fresh coffee in smaller bags, and only then comes anything with a plug. We tried it in "
        "that order and stopped spending after the second step, rather content.",
    ),
    (
        Topic(
            "Brewing",
            "Pour-over",
            ("filter", "recipes"),
            (
                "A pour-over that forgives a late morning",
                "Why your bloom matters less than your kettle",
                "Three grind sizes, one bag: a tasting",
                "The 1:16 ratio and when to leave it",
                "Paper, metal, cloth: what a filter keeps back",
                "How hard is your water? A test with two kettles",
                "Brewing for six without six drippers",
                "The slow pour, measured",
                "Cold mornings, hot server: keeping the heat",
                "A dripper for the train",
                "Reading the bed after the last drop",
                "When the brew stalls: five causes in order",
                "Light roasts need less patience than you think",
            ),
            (
                "Most filter recipes fail at the same place: the first thirty seconds.",
                "A good cup is mostly a matter of doing the same thing twice.",
                "We brewed the same coffee forty times and wrote down everything.",
            ),
            (
                "Weigh the water as well as the coffee; a kettle's marks are rarely right.",
                "Grind a little coarser than feels safe, then move one step a day.",
                "Rinse the paper until the water no longer smells of it.",
                "Pour in the middle; the walls take care of themselves.",
                "Write the time on the bag, not in your head.",
            ),
            "Change one thing at a time, and taste before you change the next.",
        ),
        Topic(
            "Brewing",
            "Espresso",
            ("espresso", "equipment"),
            (
                "Dialling in without wasting a bag",
                "The shot that runs too fast: look here first",
                "Pressure profiles for people with one lever",
                "Cleaning day: a list for the group head",
                "Milk at 58 degrees, and why not more",
                "A second-hand machine: what to ask",
                "Puck preparation in forty seconds",
                "Ristretto is not a short espresso",
                "What a scale under the cup tells you",
                "The noise your grinder makes",
                "Espresso in a rented kitchen",
                "Decaf that keeps its shape",
            ),
            (
                "Espresso rewards a boring routine.",
                "Every machine lies a little; the cup does not.",
                "A shot has three numbers, and two of them are yours to choose.",
            ),
            (
                "Keep the dose fixed while you look for the grind.",
                "Purge two grams after every change of the grinder.",
                "Stop by weight, not by colour.",
                "Wipe the basket dry: water is the first channel.",
                "Let the machine warm for as long as a shower takes.",
            ),
            "If it tastes sour, go finer; if it bites, go coarser; if both, look at the puck.",
        ),
        Topic(
            "Origins",
            "Farms and harvests",
            ("origin", "harvest"),
            (
                "What “washed” means on a farm with little water",
                "A harvest calendar for people who buy by taste",
                "Altitude is a proxy: for what?",
                "Drying beds in the rain",
                "The cherry pickers' lunch",
                "Why one valley tastes of bergamot",
                "Heirloom, landrace, variety: three words untangled",
                "From cherry to sack in nineteen days",
                "The price on the bag, taken apart",
                "A cooperative's first website",
                "Shade trees earn their keep",
                "Two lots from one hillside",
            ),
            (
                "Between the tree and the cup lie more decisions than recipes.",
                "The best lots are made in the weeks when nothing seems to happen.",
                "Ask about the drying, and you learn about the farm.",
            ),
            (
                "Look for the harvest month on the bag; the roast date alone says little.",
                "Fermentation is cooking: time and temperature, written down.",
                "A wet mill's water tells you how the lot was sorted.",
                "Shade slows the cherry, and the sugar follows.",
                "Small lots vary; that is the point of buying them.",
            ),
            "Buy two bags from one place a year apart, and you will taste the weather.",
        ),
        Topic(
            "Places",
            "Cafés",
            ("cafés", "city"),
            (
                "Eleven stools and a queue: a café at eight in the morning",
                "The quiet table by the grinder",
                "Where bakers drink their coffee",
                "A menu with four lines",
                "Opening a café on the wrong side of the station",
                "Sunday hours: a short defence",
                "The café that closed its kitchen",
                "Two cups, one saucer: a note on service",
                "A street with five roasters",
                "What the regulars know",
                "Café floors, rated",
                "Paying by the hour, coffee included",
                "The last smoking room in town",
            ),
            (
                "A café is a machine for being alone in company.",
                "You can tell a lot about a place by where the cups are kept.",
                "We went three times, at different hours, and paid each time.",
            ),
            (
                "Order what the person behind the bar is drinking.",
                "Look at the water glasses; they are never an accident.",
                "A short menu is a promise about the rest of it.",
                "The best seat has a view of the door and a wall behind it.",
                "Come back on a Tuesday.",
            ),
            "Go before ten, stay until the second cup, and leave the corner to somebody else.",
        ),
    ),
    {
        "daily_publish_limit": 2,
        "weekly_publish_limit": 7,
        "publish_days": ["mon", "tue", "wed", "thu", "fri"],
        "publish_time_slots": [
            {"start": "08:30", "end": "11:30"},
            {"start": "15:00", "end": "17:00"},
        ],
    },
    plans_by_itself=False,
)

OUTDOOR = Magazine(
    "Harbor & Field",
    "https://harbor-and-field.example",
    "America/New_York",
    (
        "We went out on three weekends, in weather that could not decide, and did the thing as badly as "
        "anyone does it the first time. Most of what follows comes from the second weekend, when we "
        "knew what to leave at home. The third was for finding out whether it had been luck.",
        "Advice of this kind usually comes with a list of gear. Ours is short: something dry, something "
        "sharp, something warm to drink, and a plan that somebody else has read. The rest is patience, "
        "and you can borrow that from whoever is with you, if you ask before noon.",
        "It helps to begin with what can be seen from the car. The color of the water, the way the flag "
        "stands, the mud on other people's boots: each is a small report from somebody who went before "
        "you. Read three of them before you unload anything, and you will unload less.",
        "The old hands we asked did not agree about much, but they agreed about the order. First the "
        "things that keep you dry, then the things that keep you found, and only then the things that "
        "make the day pleasant. Turn it around and you will have a story to tell, which is not the aim.",
        "None of it has to be finished this year. Leave a note where you will find it in spring, in a "
        "dry place, with the date and one honest sentence about what went wrong. It will read like a "
        "letter from someone sensible, and you may even do what it says.",
    ),
    (
        Topic(
            "Water",
            "Small boats",
            ("boats", "repair"),
            (
                "A dinghy in the driveway: the first weekend",
                "Knots that survive salt",
                "Reading a tide table without fear",
                "The bilge, honestly",
                "Rowing at dawn: gear for one hour",
                "Three coats of varnish and a week of rain",
                "An anchor for the boat you really have",
                "Fog: a checklist",
                "Trailer lights, the eternal fault",
                "What the harbormaster wishes you knew",
                "Charts on paper, again",
                "A mooring with a view of the ferry",
                "Oars: length, leathers, luck",
            ),
            (
                "Most boats are repaired twice: once badly, once in the right order.",
                "The water forgives almost everything except hurry.",
                "We borrowed a boat, a tide table and a patient neighbor.",
            ),
            (
                "Turn back while turning back is still boring.",
                "Rinse the blocks with fresh water before they ask for it.",
                "Tie it, load it, then look away and look again.",
                "Keep a dry shirt in a bag that is not in the boat.",
                "Tell somebody ashore a time, and keep it.",
            ),
            "The best day on the water ends with a little daylight left.",
        ),
        Topic(
            "Land",
            "Trails",
            ("hiking", "maps"),
            (
                "A ridge walk for the shortest day",
                "How to read a trail by its drainage",
                "The loop that nobody finishes",
                "Boots, resoled: was it worth it?",
                "Packing for a night you did not plan",
                "Blazes, cairns and other promises",
                "Crossing water when it is higher than it was",
                "A map, a pencil, no battery",
                "The case for turning around at noon",
                "Trail food that is not a bar",
                "Winter light and where to find it",
                "Ten miles with a six-year-old",
                "The fire road nobody photographs",
            ),
            (
                "A trail is a decision that many people made before you.",
                "The map showed eleven miles; our legs counted fourteen.",
                "In November the woods are honest.",
            ),
            (
                "Start with cold hands; you will be warm at the first climb.",
                "Put the map where you can reach it without stopping.",
                "Drink before the view, not at it.",
                "Leave the headlamp in the same pocket, always.",
                "Note the last place where you were certain.",
            ),
            "Plan for the daylight you have, not for the distance you like.",
        ),
        Topic(
            "Land",
            "Kitchen gardens",
            ("garden", "season"),
            (
                "Garlic goes in now",
                "A cold frame from two old windows",
                "What to do with the last green tomatoes",
                "Soil in November: do less",
                "Leeks, the patient crop",
                "Saving seed from one good squash",
                "The compost that would not warm",
                "Raised beds: three years on",
                "A fence that deer respect",
                "Mulch, measured in wheelbarrows",
                "Bare roots and bad weather",
                "The shed, sorted",
            ),
            (
                "A garden in late fall is mostly a list of things not to do.",
                "We kept notes this year, which is to say we found out how little we did.",
                "The frost came on a Tuesday and settled the argument.",
            ),
            (
                "Cover bare soil with anything that was once alive.",
                "Label the row before you fill it.",
                "Water in the morning, or not at all.",
                "Sharpen the hoe; it is the cheapest help you can hire.",
                "Sow a little, often, and forgive the rest.",
            ),
            "Close the gate, clean the spade, and order seed before you are sensible.",
        ),
        Topic(
            "Table",
            "Cooking outdoors",
            ("fire", "recipes"),
            (
                "Chowder on one burner",
                "Bread in a pot in the coals",
                "A fire that lights in the rain",
                "Coffee at the tailgate",
                "Salt, fat, smoke: a camp pantry",
                "Clams for four and a bucket",
                "The griddle and its weight",
                "Breakfast before the tide",
                "Corn, three ways, no table",
                "A stew that gets better in the car",
                "The knife in the tackle box",
                "Apples in foil, and nothing else",
            ),
            (
                "Food tastes better outdoors because there is less of it.",
                "A fire is a stove with opinions.",
                "We cooked it on the shore, and then again at home to be sure.",
            ),
            (
                "Cut everything before you light anything.",
                "Coals, not flames: wait ten minutes longer than you want to.",
                "Bring twice the water and half the spices.",
                "Salt at the end; the sea has begun already.",
                "One pot, one spoon, one person who stirs.",
            ),
            "Wash the pot while it is warm, and leave the ring of stones as you found it.",
        ),
    ),
    {
        "daily_publish_limit": 1,
        "publish_days": ["tue", "thu", "sat", "sun"],
        "publish_time_slots": [{"start": "10:00", "end": "10:00"}],
    },
    plans_by_itself=True,
)


def html(magazine: Magazine, topic: Topic, number: int, in_text: str) -> str:
    """The text of a topic's piece; `in_text` is an image tag or empty."""
    passages = [magazine.passages[(number + step) % len(magazine.passages)] for step in range(4)]
    opening = topic.openings[number % len(topic.openings)]
    advice = [topic.advice[(number + step) % len(topic.advice)] for step in range(5)]
    rows = "".join(
        f"<tr><td>{label}</td><td>{minutes} min</td></tr>"
        for label, minutes in (("Before", 5 + number % 4), ("While", 12 + number % 7), ("After", 4))
    )
    return (
        f"<!-- wp:paragraph -->\n<p>{opening} {advice[0]} {advice[1]}</p>\n<!-- /wp:paragraph -->\n"
        f"{in_text}{_paragraph(passages[0])}{_paragraph(passages[1])}"
        f"<!-- wp:heading -->\n<h2>Where to begin</h2>\n<!-- /wp:heading -->\n"
        f"<!-- wp:paragraph -->\n<p>{advice[2]} <strong>{advice[3]}</strong></p>\n"
        f"<!-- /wp:paragraph -->\n"
        f"<!-- wp:list -->\n<ul><li>{advice[4]}</li><li>{advice[0]}</li><li>{advice[2]}</li></ul>\n"
        f"<!-- /wp:list -->\n"
        f"<!-- wp:table -->\n<figure><table><tbody>{rows}</tbody></table></figure>\n"
        f"<!-- /wp:table -->\n"
        f"{_paragraph(passages[2])}"
        f"<!-- wp:heading -->\n<h2>What we learned</h2>\n<!-- /wp:heading -->\n"
        f"<!-- wp:paragraph -->\n<p>{advice[1]} {topic.openings[(number + 1) % 3]}</p>\n"
        f"<!-- /wp:paragraph -->\n"
        f"{_paragraph(passages[3])}"
        f"<!-- wp:quote -->\n<blockquote><p>{topic.closing}</p></blockquote>\n<!-- /wp:quote -->\n"
    )


def _paragraph(text: str) -> str:
    return f"<!-- wp:paragraph -->\n<p>{text}</p>\n<!-- /wp:paragraph -->\n"
