"""Tools that test files import by name."""

from functools import partial

from realtime_lab.tools import Tool, tool


def weather(city: str, days: int = 1) -> dict[str, object]:
    """The weather."""
    return {"city": city, "days": days}


@tool(name="forecast", on="kernel")
async def later(city: str) -> str:
    return f"sun over {city}"


class Shop:
    @staticmethod
    def price(product: str) -> float:
        return len(product) / 2


lookup = Tool.from_dict(
    {"name": "lookup", "parameters": {"type": "object", "properties": {"word": {}}}},
    lambda word: word,
)


in_oslo = tool(name="in_oslo")(partial(weather, "Oslo"))


def is_sunny(result: object) -> bool:
    return "sun" in str(result)


def a_week(result: dict[str, int]) -> None:
    assert result["days"] == 7, f"{result['days']} days are no week"
