"""The text that transformers' `apply_chat_template` renders for conversations.

The truth for: our chat template engine.

    python dump_templates.py MODEL_DIR conversations.jsonl out.jsonl [--add-generation-prompt]

An input line is a list of messages, {"messages", "tools"?} or a TRL row {"prompt", "completion"?, "tools"?}. An
output line is {"text"}, or {"error"} where the template refuses.
"""

import argparse
import json

from transformers import AutoTokenizer


def messages(value):
    if isinstance(value, list):
        return value
    if "messages" in value:
        return value["messages"]
    return value["prompt"] + value.get("completion", [])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--add-generation-prompt", action="store_true")
    args = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    with open(args.input, encoding="utf-8") as lines, open(args.output, "w", encoding="utf-8") as out:
        for line in lines:
            value = json.loads(line)
            try:
                text = tokenizer.apply_chat_template(
                    messages(value),
                    tools=value.get("tools") if isinstance(value, dict) else None,
                    tokenize=False,
                    add_generation_prompt=args.add_generation_prompt,
                )
                result = {"text": text}
            except Exception as error:  # a template may raise anything
                result = {"error": str(error)}
            out.write(json.dumps(result, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
