"""Makes TRL unpaired rows from a ShareGPT JSON array, as input for the other oracles.

Reads the array a conversation at a time, so a file cut off in the middle will do. Odd rows have one turn before
the completion, even rows three where the conversation has them. Labels follow a fixed pattern of pairs in which
some microbatches of two hold one class only.

    python sharegpt_rows.py ShareGPT.json rows.jsonl --count 32

With --texts COUNT a line is {"text"} instead, one for each message of up to twice --max-characters.
"""

import argparse
import json

ROLES = {"human": "user", "gpt": "assistant"}
LABELS = [True, False, False, True, True, True, False, False]  # pairs: mixed, mixed, one class, the other


def conversations(path):
    decoder, buffer = json.JSONDecoder(), ""
    with open(path, encoding="utf-8", errors="replace") as file:
        while chunk := file.read(1 << 20):
            buffer += chunk
            while True:
                buffer = buffer.lstrip(" \r\n\t[,")
                try:
                    value, end = decoder.raw_decode(buffer)
                except ValueError:
                    break
                yield value
                buffer = buffer[end:]


def row(conversation, turns, max_characters):
    messages = conversation.get("conversations", [])[: turns + 1]
    if [message.get("from") for message in messages] != ["human", "gpt"] * ((turns + 1) // 2):
        return None
    messages = [{"role": ROLES[message["from"]], "content": message["value"]} for message in messages]
    if not all(40 <= len(message["content"]) <= max_characters for message in messages):
        return None
    return {"prompt": messages[:-1], "completion": messages[-1:]}


def texts(path, max_characters):
    for conversation in conversations(path):
        for message in conversation.get("conversations", []):
            if 0 < len(message.get("value") or "") <= max_characters:
                yield {"text": message["value"]}


def write(path, values, count):
    with open(path, "w", encoding="utf-8") as out:
        for _, value in zip(range(count), values):
            # Half of a surrogate pair is no text that UTF-8 could hold.
            out.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8") + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sharegpt")
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=32)
    parser.add_argument("--max-characters", type=int, default=1600, help="the longest message taken")
    parser.add_argument("--texts", type=int, metavar="COUNT")
    args = parser.parse_args()
    if args.texts:
        write(args.out, texts(args.sharegpt, 2 * args.max_characters), args.texts)
        return
    made = 0
    with open(args.out, "w", encoding="utf-8") as out:
        for conversation in conversations(args.sharegpt):
            if made == args.count:
                break
            result = row(conversation, 3 if made % 2 else 1, args.max_characters)
            if result is None:
                continue
            result["label"] = LABELS[made % len(LABELS)]
            out.write(json.dumps(result, ensure_ascii=False) + "\n")
            made += 1
    if made < args.count:
        raise SystemExit(f"only {made} rows")


if __name__ == "__main__":
    main()
