"""How much there is to read: in every turn, by the model and on the bill."""

from __future__ import annotations

from collections.abc import Iterator

from ....protocol import About, profile_of
from ....session import tool_tokens
from ..definition import Definition
from ..pricing import cost_of, tokens_of_spec
from ..rule import Fault, Toolset, of_tool, of_tools
from .sources import GUIDE, HOUSE

__all__ = ["parameters_many", "tool_large", "tools_large", "tools_many"]

MOST_PARAMETERS = 8
MOST_TOOLS = 20
TOKENS_OF_TOOL = 500
TOKENS_OF_TOOLS = 3_000
_COSTS = "each response reads the tools again (OpenAI, realtime costs guide)"


@of_tool(
    About(
        id="parameters-many",
        severity="advice",
        title="Many parameters",
        why="In a spoken conversation each one is a question to the user or a guess; and each is "
        "read in every turn.",
        instead="Leave out what the function knows or can look up, and split what are really two "
        "tools.",
        source=f"{GUIDE}: do not make the model fill arguments that are known; {HOUSE}: "
        f"{MOST_PARAMETERS}",
    )
)
def parameters_many(tool: Definition) -> Iterator[Fault]:
    if len(tool.top) > MOST_PARAMETERS:
        yield Fault(f"{tool.label} has {len(tool.top)} parameters.", (), tool.parameters_path)


@of_tool(
    About(
        id="tool-large",
        severity="advice",
        title="A very large definition",
        why="It is read, and billed, in every turn, whether the tool is called or not.",
        instead="Shorten the descriptions, and look at the enums and the nested objects: what does "
        "not decide a call need not be told.",
        source=f"{_COSTS}; {HOUSE}: {TOKENS_OF_TOOL} tokens",
    )
)
def tool_large(tool: Definition) -> Iterator[Fault]:
    tokens = tokens_of_spec(tool.spec)
    if tokens > TOKENS_OF_TOOL:
        yield Fault(f"{tool.label} has about {tokens:,} tokens.")


@of_tools(
    About(
        id="tools-many",
        severity="advice",
        title="Many tools",
        why="The more there are to choose from, the more often the wrong one is called, and the "
        "longer every answer takes.",
        instead="Offer those that the conversation needs now; `session.update` changes them, at "
        "the cost of what was cached.",
        source=f"{GUIDE}: fewer than {MOST_TOOLS} functions at a time",
    )
)
def tools_many(tools: Toolset) -> Iterator[Fault]:
    if len(tools.definitions) > MOST_TOOLS:
        yield Fault(f"there are {len(tools.definitions)} tools.")


@of_tools(
    About(
        id="tools-large",
        severity="advice",
        title="The tools together are very large",
        why="They stand before the conversation in every turn: they are paid for each time, and "
        "take room in the window from what was said.",
        instead="Shorten the largest; the sizes of the report tell which they are.",
        source=f"{_COSTS}; {HOUSE}: {TOKENS_OF_TOOLS:,} tokens",
    )
)
def tools_large(tools: Toolset) -> Iterator[Fault]:
    tokens = tool_tokens([tool.spec for tool in tools.definitions])
    if tokens > TOKENS_OF_TOOLS:
        message = f"the tools have about {tokens:,} tokens"
        cost = cost_of(tokens, tools.model)
        if cost.dollars is not None:
            message += f", {cost} a turn of {tools.model}"
        if (profile := profile_of(tools.model)) is not None:
            message += f", {tokens / profile.context_tokens:.0%} of its window"
        yield Fault(f"{message}.")
