"""Turns a GGUF file of the llama architecture into a Hugging Face model directory.

The truth for: our own GGUF importer. Dequantisation is the `gguf` package's, tokenizer.json is written
by `tokenizers`, model.safetensors by `safetensors`; only the names and the layout below are ours.

    python gguf_to_hf.py MODEL.gguf OUT_DIR [--dtype bfloat16|float32] [--generate "a question"]
"""

import argparse
import json
import pathlib

import gguf
import tokenizer_families
import torch
from gguf.quants import dequantize
from safetensors.torch import save_file
from tokenizers import Tokenizer
from vocabulary_sources import from_gguf

# The family of text rules that each value of `tokenizer.ggml.pre` stands for.
PRE_TOKENIZERS = {"smollm": "digits", "gpt-2": "gpt2", "llama-bpe": "llama3", "qwen2": "qwen2"}

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
TOP_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def hugging_face_name(name: str) -> str:
    stem, kind = name.rsplit(".", 1)
    if stem.startswith("blk."):
        _, layer, part = stem.split(".", 2)
        return f"model.layers.{layer}.{LAYER_NAMES[part]}.{kind}"
    return f"{TOP_NAMES[stem]}.{kind}"


def undo_rope_permutation(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """llama.cpp interleaves the two halves of each rotary head; Hugging Face keeps them apart."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


class Metadata:
    def __init__(self, reader: gguf.GGUFReader):
        self.fields = reader.fields
        self.architecture = self["general.architecture"]
        if self.architecture != "llama":
            raise SystemExit(f"not a llama GGUF: {self.architecture}")

    def __getitem__(self, key):
        return self.fields[key].contents()

    def get(self, key, default=None):
        return self.fields[key].contents() if key in self.fields else default

    def model(self, key, default=None):
        return self.get(f"{self.architecture}.{key}", default)


def expected_tensors(reader: gguf.GGUFReader) -> dict[str, torch.Tensor]:
    """Float32 tensors by their Hugging Face names, with rows of q and k in Hugging Face order."""
    meta = Metadata(reader)
    heads = meta.model("attention.head_count")
    key_heads = meta.model("attention.head_count_kv", heads)
    tensors = {}
    for tensor in reader.tensors:
        if tensor.name.startswith("rope_freqs"):
            raise SystemExit("rope_freqs (scaled rotary frequencies) is not handled")
        shape = list(reversed(tensor.shape.tolist()))
        values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).reshape(shape)
        if tensor.name.endswith("attn_q.weight"):
            values = undo_rope_permutation(values, heads)
        elif tensor.name.endswith("attn_k.weight"):
            values = undo_rope_permutation(values, key_heads)
        tensors[hugging_face_name(tensor.name)] = values.contiguous()
    return tensors


def config(meta: Metadata, tied: bool, dtype: str) -> dict:
    heads = meta.model("attention.head_count")
    hidden = meta.model("embedding_length")
    # Shortest decimal that gives the same float32: GGUF stores 1e-5 as 9.999999747378752e-06.
    shortest = lambda value: float(format(value, ".7g"))
    return {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": meta.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": meta.get("tokenizer.ggml.eos_token_id"),
        "pad_token_id": meta.get("tokenizer.ggml.padding_token_id"),
        "head_dim": meta.model("rope.dimension_count", hidden // heads),
        "hidden_act": "silu",
        "hidden_size": hidden,
        "initializer_range": 0.02,
        "intermediate_size": meta.model("feed_forward_length"),
        "max_position_embeddings": meta.model("context_length"),
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": heads,
        "num_hidden_layers": meta.model("block_count"),
        "num_key_value_heads": meta.model("attention.head_count_kv", heads),
        "rms_norm_eps": shortest(meta.model("attention.layer_norm_rms_epsilon")),
        "rope_theta": shortest(meta.model("rope.freq_base", 10000.0)),
        "rope_scaling": None,
        "tie_word_embeddings": tied,
        "torch_dtype": dtype,
        "use_cache": True,
        "vocab_size": len(meta["tokenizer.ggml.tokens"]),
    }


def tokenizer(path: pathlib.Path, meta: Metadata) -> Tokenizer:
    if meta["tokenizer.ggml.model"] != "gpt2":
        raise SystemExit(f"not a byte-level BPE: {meta['tokenizer.ggml.model']}")
    rules = tokenizer_families.PRE_TOKENIZERS[PRE_TOKENIZERS[meta["tokenizer.ggml.pre"]]]
    document = tokenizer_families.byte_level_document(from_gguf(path), rules)
    return Tokenizer.from_str(json.dumps(document))


def write_json(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gguf", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--dtype", default="bfloat16", choices=["bfloat16", "float32"])
    parser.add_argument("--generate", help="answer this question greedily afterwards, as a check")
    args = parser.parse_args()

    reader = gguf.GGUFReader(args.gguf)
    meta = Metadata(reader)
    args.out.mkdir(parents=True, exist_ok=True)

    tensors = expected_tensors(reader)
    tied = "lm_head.weight" not in tensors
    dtype = getattr(torch, args.dtype)
    tensors = {name: values.to(dtype) for name, values in tensors.items()}
    save_file(tensors, args.out / "model.safetensors", metadata={"format": "pt"})
    write_json(args.out / "config.json", config(meta, tied, args.dtype))

    tokenizer(args.gguf, meta).save(str(args.out / "tokenizer.json"))
    tokens = meta["tokenizer.ggml.tokens"]
    named = {
        role: meta.get(f"tokenizer.ggml.{key}_token_id")
        for role, key in (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding"))
    }
    write_json(
        args.out / "tokenizer_config.json",
        {
            "add_prefix_space": False,
            "clean_up_tokenization_spaces": False,
            "model_max_length": meta.model("context_length"),
            # Not LlamaTokenizer: transformers 5 would then replace the file's pre-tokenizer by its own.
            "tokenizer_class": "PreTrainedTokenizerFast",
            **{f"{role}_token": tokens[i] for role, i in named.items() if i is not None},
        },
    )
    write_json(
        args.out / "generation_config.json",
        {"_from_model_config": True}
        | {f"{role}_token_id": named[role] for role in ("bos", "eos", "pad") if named[role] is not None},
    )
    if (template := meta.get("tokenizer.chat_template")) is not None:
        (args.out / "chat_template.jinja").write_text(template, encoding="utf-8")

    if args.generate is not None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        chat = AutoTokenizer.from_pretrained(args.out)
        model = AutoModelForCausalLM.from_pretrained(args.out, dtype=torch.float32)
        prompt = chat.apply_chat_template(
            [{"role": "user", "content": args.generate}], add_generation_prompt=True, return_tensors="pt",
            return_dict=True,
        )
        answer = model.generate(**prompt, max_new_tokens=48, do_sample=False)
        print(chat.decode(answer[0]))


if __name__ == "__main__":
    main()
