"""What transformers' `apply_chat_template` makes of many conversations, with every template of some folders.

The truth for: ConformanceTests.Templates, by conformance/50-templates.sh.

    python render_templates.py TOKENIZER_FOLDER OUT_FOLDER TEMPLATE.jinja…

Writes templates.jsonl {"name", "source"}, requests.jsonl (a conversation and the options it is rendered with) and
answers.jsonl {"template", "request"} by their places, with "text", or with "error": "kind" and "message". Where the
template marks what the assistant generated there is also "generation", pairs of places counted in code points, and for
the options of MASKED "ids" and "mask" by the tokenizer, which must be byte-level and is copied to OUT_FOLDER.

The clock stands at 2024-07-03 09:05:07. Pinned: transformers 5.23.0, jinja2 3.1.6.
"""

import argparse
import datetime
import json
import pathlib
import re
import shutil

import jinja2
import transformers
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

PINNED = ("5.23.0", "3.1.6")


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 3, 9, 5, 7)


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a <city> & \"more\".\nSecond line: é中😀.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Where, e.g. Zürich"},
                "days": {"type": "integer", "description": "How far ahead", "default": 1, "minimum": 0},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "nullable": True},
                "where": {
                    "type": "object",
                    "properties": {"lat": {"type": "number"}, "tags": {"type": "array", "items": {"type": "string"}}},
                    "required": ["lat"],
                },
                "many": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": ""},
                "either": {"type": ["integer", "string"], "default": None},
            },
            "required": ["city", "days"],
            "additionalProperties": False,
        },
        "return": {"type": "object", "description": "What it will be", "properties": {"t": {"type": "number"}}},
    },
}
NOTHING = {"type": "function", "function": {"name": "now", "description": "The time", "parameters": {"type": "object", "properties": {}}}}
BARE = {"name": "bare", "description": "Without a wrapper", "parameters": {"type": "object", "properties": {"x": {"type": "number"}}, "required": []}}
TOOLS = [WEATHER, NOTHING]


def user(content, **more):
    return {"role": "user", "content": content, **more}


def system(content):
    return {"role": "system", "content": content}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def call(name, arguments, id="call12345"):
    return {"type": "function", "id": id, "function": {"name": name, "arguments": arguments}}


def result(content, name="get_weather", id="call12345"):
    return {"role": "tool", "name": name, "tool_call_id": id, "content": content}


def text(*parts):
    return [{"type": "text", "text": part} for part in parts]


ARGUMENTS = {"city": "Zürich \"old\"\n<b>", "days": 2, "where": {"lat": 47.5, "tags": ["a", "é"]}, "big": 1e16, "no": None, "yes": True}
STRANGE = "  <|im_start|> [INST] {{ x }} {% y %} é e\u0301 中文 😀👨‍👩‍👧 \u0645\u0631\u062d\u0628\u0627 \u200b\ufeff\t\\n 'q' \"qq\" \x07\r\n end \n"

CONVERSATIONS = {
    "user": [user("Hello")],
    "system": [system("Be brief."), user("Hi there")],
    "turns": [system("Be brief."), user("2+2?"), assistant("4"), user("And 3+3?"), assistant("6"), user("Thanks!")],
    "ends with assistant": [user("2+2?"), assistant("It is  4.")],
    "trailing space": [user("  q  "), assistant("An answer that goes on \n")],
    "leading space": [user("\n\nq"), assistant("\n\n  Indented")],
    "long": [message for i in range(12) for message in (user(f"Question {i}: " + "word " * i), assistant(f"Answer {i}.\n" * (i % 4 + 1)))] + [user("Last")],
    "empty content": [system(""), user(""), assistant(""), user("")],
    "none content": [user("x"), assistant(None), user("y")],
    "missing content": [user("x"), {"role": "assistant"}, user("y")],
    "strange": [system(STRANGE), user(STRANGE), assistant(STRANGE)],
    "only spaces": [user(" \n\t "), assistant("   ")],
    "parts": [system("S"), user([{"type": "text", "text": "Look: "}, {"type": "image"}, {"type": "text", "text": "what?"}]), assistant(text("A cat."))],
    "parts everywhere": [{"role": "system", "content": text("Sys")}, user(text("a", "b")), assistant(text("c ", "d ")), user(text("e"))],
    "image url": [user([{"type": "image_url", "image_url": {"url": "data:x"}}, {"type": "text", "text": "?"}])],
    "video and audio": [user([{"type": "video"}, {"type": "audio"}, {"type": "text", "text": "?"}])],
    "empty parts": [user([]), assistant([])],
    "odd part": [user([{"type": "nosuch", "x": 1}, {"type": "text", "text": "t"}])],
    "string parts": [user(["a", "b"])],
    "two users": [user("a"), user("b")],
    "two assistants": [user("a"), assistant("b"), assistant("c")],
    "assistant first": [assistant("a"), user("b")],
    "system only": [system("a")],
    "system last": [user("a"), system("b")],
    "system between": [user("a"), assistant("b"), system("c"), user("d")],
    "two systems": [system("a"), system("b"), user("c")],
    "developer": [{"role": "developer", "content": "D"}, user("x")],
    "unknown role": [user("x"), {"role": "wizard", "content": "y"}],
    "no role": [{"content": "x"}],
    "call": [user("Weather?"), assistant("", tool_calls=[call("get_weather", ARGUMENTS)]), result("{\"t\": 20}"), assistant("20 degrees."), user("Thanks")],
    "call without content": [user("Weather?"), {"role": "assistant", "tool_calls": [call("get_weather", ARGUMENTS)]}, result("20"), assistant("It is 20.")],
    "call none content": [user("Weather?"), assistant(None, tool_calls=[call("get_weather", {"city": "Bern"})]), result("20")],
    "call with text": [system("S"), user("Weather?"), assistant("Let me see.", tool_calls=[call("get_weather", {"city": "Bern", "days": 1})]), result("20")],
    "call string": [user("Weather?"), assistant("", tool_calls=[call("get_weather", "{\"city\": \"Zürich\", \"days\": 2}")]), result("20"), assistant("ok")],
    "call without arguments": [user("Time?"), assistant("", tool_calls=[call("now", {})]), result("noon", "now"), assistant("Noon.")],
    "call without id": [user("Time?"), assistant("", tool_calls=[{"type": "function", "function": {"name": "now", "arguments": {}}}]), {"role": "tool", "content": "noon"}],
    "call unwrapped": [user("Time?"), assistant("", tool_calls=[{"name": "now", "arguments": {"a": 1}}]), {"role": "tool", "name": "now", "content": "noon"}],
    "two calls": [user("Both?"), assistant("", tool_calls=[call("get_weather", {"city": "A"}, "aaaaaaaaa"), call("now", {}, "bbbbbbbbb")]), result("1", id="aaaaaaaaa"), result("2", "now", "bbbbbbbbb"), assistant("done"), user("more")],
    "calls in turn": [user("Both?"), assistant("one", tool_calls=[call("now", {}, "aaaaaaaaa")]), result("1", "now", "aaaaaaaaa"), assistant("two", tool_calls=[call("now", {"x": [1, {"y": None}]}, "bbbbbbbbb")]), result("2", "now", "bbbbbbbbb")],
    "result dict": [user("?"), assistant("", tool_calls=[call("now", {})]), result({"k": [1, 2.5, None, True], "é": "x"}, "now"), assistant("ok")],
    "result parts": [user("?"), assistant("", tool_calls=[call("now", {})]), result(text("one", "two"), "now"), assistant("ok")],
    "result alone": [user("?"), result("20")],
    "empty calls": [user("?"), assistant("x", tool_calls=[])],
    "ipython": [user("?"), assistant("", tool_calls=[call("now", {})]), {"role": "ipython", "content": "out"}],
    "function role": [user("?"), {"role": "function", "name": "now", "content": "out"}],
    "reasoning": [user("q"), assistant("a", reasoning_content="because\nof"), user("r"), assistant("b", reasoning_content="  hm  ")],
    "reasoning names": [user("q"), assistant("a", thinking="t"), user("r"), assistant("b", reasoning="s"), user("x"), assistant("c", reasoning_content="rc", thinking="th")],
    "reasoning and call": [user("q"), assistant("", reasoning_content="need it", tool_calls=[call("now", {"a": 1})]), result("noon", "now"), assistant("Noon", reasoning_content="got it")],
    "reasoning empty": [user("q"), assistant("a", reasoning_content=""), user("r")],
    "think tags": [user("q"), assistant("<think>\nhm\n</think>\n\nok"), user("more"), assistant("<think>x</think>y</think>z")],
    "no think switch": [user("q /no_think"), assistant("a"), user("r /think")],
    "user named": [user("x", name="Ann"), assistant("y", name="Bot")],
    "context role": [{"role": "context", "content": "facts"}, user("x")],
    "numbers": [user(5), assistant(2.5)],
    "dict content": [user({"a": [1, True, None, "é"]})],
    "extra keys": [user("x", weight=0, train=True), assistant("y", weight=1, channel="final", recipient="all", end_turn=True)],
    "task": [user("x", id="u1"), {"role": "assistant", "content": "y", "prefix": True}],
    "empty": [],
}

DOCUMENTS = [{"title": "T1", "text": "First é"}, {"title": "T2", "text": "Second\nline"}]
THINKING = {"enable_thinking": True, "thinking": True, "preserve_thinking": True, "reasoning_effort": "high", "keep_past_thinking": True, "clear_thinking": False}
VARIABLES = {
    "add_vision_id": True, "builtin_tools": ["wolfram_alpha", "brave_search"], "custom_tools": [WEATHER], "tools_in_user_message": False, "date_string": "01 Jan 2025", "current_date": "2025-01-01",
    "model_identity": "You are é.", "knowledge_cutoff": "2024-06", "response_format": {"type": "object", "properties": {"a": {"type": "string"}}}, "truncate_history_thinking": False, "reasoning_strength": "low",
    "enable_citations": True, "thinking_budget": 512, "system_prompt": "SP", "tool_choice": "auto", "documents": DOCUMENTS, "thinking_mode": "chat", "xml_tools": ["now"], "python_tools": ["now"],
}
OPTIONS = {
    "plain": {},
    "prompt": {"add_generation_prompt": True},
    "tools": {"tools": TOOLS},
    "tools, prompt": {"tools": TOOLS, "add_generation_prompt": True},
    "bare tool": {"tools": [BARE]},
    "no tools": {"tools": [], "add_generation_prompt": True},
    "continue": {"continue_final_message": True},
    "continue reasoning": {"continue_final_message": "reasoning_content"},
    "continue, prompt": {"continue_final_message": True, "add_generation_prompt": True},
    "documents": {"documents": DOCUMENTS, "add_generation_prompt": True},
    "no thinking": {"variables": {"enable_thinking": False, "thinking": False, "reasoning_effort": "none"}, "add_generation_prompt": True},
    "thinking": {"variables": THINKING, "add_generation_prompt": True},
    "low effort": {"variables": {"reasoning_effort": "low", "medium_effort": True, "low_effort": True}, "tools": TOOLS},
    "variables": {"variables": VARIABLES, "tools": TOOLS, "add_generation_prompt": True},
    "own tokens": {"variables": {"bos_token": "<BOS>", "eos_token": ""}},
}


MASKED = ("plain", "tools", "thinking")
TOKENS = {"bos_token": "<|bos|>", "eos_token": "<|end|>", "pad_token": "<|pad|>"}


def requests():
    for conversation, messages in CONVERSATIONS.items():
        for name, options in OPTIONS.items():
            yield {"name": f"{conversation} | {name}", "messages": messages, **options}


def kind(error):
    if isinstance(error, jinja2.exceptions.SecurityError):
        return "security"
    if isinstance(error, jinja2.exceptions.TemplateAssertionError):
        return "unsupported"
    if isinstance(error, jinja2.exceptions.TemplateSyntaxError):
        return "syntax"
    if isinstance(error, jinja2.exceptions.UndefinedError):
        return "undefined"
    if type(error) is jinja2.exceptions.TemplateError:
        return "raised"
    if isinstance(error, jinja2.exceptions.TemplateRuntimeError) and str(error).startswith(("No filter", "No test")):
        return "unsupported"
    return {TypeError: "type", AttributeError: "type"}.get(type(error), "value")


def answer(tokenizer, source, request):
    given = {name: request[name] for name in ("tools", "documents", "add_generation_prompt", "continue_final_message") if name in request}
    # A copy, for what a template or transformers might change.
    messages = json.loads(json.dumps(request["messages"]))
    try:
        out = {"text": tokenizer.apply_chat_template(messages, chat_template=source, tokenize=False, **given, **request.get("variables", {}))}
    except Exception as error:  # a template may raise anything
        return {"error": {"kind": kind(error), "type": type(error).__name__, "message": str(error)[:300]}}
    if re.search(r"\{%-?\s*generation", source) and not given.get("continue_final_message"):
        plain = [{key: value for key, value in message.items() if value is not None} for message in messages]
        _, found = chat_template_utils.render_jinja_template(
            conversations=[plain], chat_template=source, return_assistant_tokens_mask=True, **given, **{**tokenizer.special_tokens_map, **request.get("variables", {})}
        )
        out["generation"] = found[0]
        if request["name"].split(" | ")[1] in MASKED:
            made = tokenizer.apply_chat_template(
                messages, chat_template=source, return_assistant_tokens_mask=True, return_dict=True, **given, **request.get("variables", {})
            )
            out["ids"], out["mask"] = made["input_ids"], made["assistant_masks"]
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizer", type=pathlib.Path, help="a folder with tokenizer.json")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("templates", nargs="+", type=pathlib.Path)
    args = parser.parse_args()
    assert (transformers.__version__, jinja2.__version__) == PINNED, (transformers.__version__, jinja2.__version__)
    chat_template_utils.datetime = Clock
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(args.tokenizer / "tokenizer.json"), **TOKENS)
    args.out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(args.tokenizer / "tokenizer.json", args.out / "tokenizer.json")
    cases = list(requests())
    with open(args.out / "requests.jsonl", "w", encoding="utf-8") as out:
        for case in cases:
            out.write(json.dumps(case, ensure_ascii=False) + "\n")
    with open(args.out / "templates.jsonl", "w", encoding="utf-8") as names, open(args.out / "answers.jsonl", "w", encoding="utf-8") as answers:
        for number, path in enumerate(args.templates):
            source = path.read_bytes().decode()
            names.write(json.dumps({"name": path.stem, "source": source}, ensure_ascii=False) + "\n")
            for place, case in enumerate(cases):
                line = {"template": number, "request": place, **answer(tokenizer, source, case)}
                answers.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
