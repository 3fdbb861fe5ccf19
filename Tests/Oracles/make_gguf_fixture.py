"""Writes a small GGUF v3 file that holds every tensor type we read, and what each tensor decodes to.

The truth for: our GGUF reader. The blocks are random bytes with finite scales (zero, negative and
subnormal ones among them); the decoded values are those of the `gguf` package.

    python make_gguf_fixture.py Tests/Fixtures/gguf

Makes types.gguf, types.f32 (the decoded tensors one after the other, little-endian float32), both as base64 text,
and types.json (the metadata as JSON; name, type, Hugging Face shape and place in types.f32 of each tensor; sha256
of both files before they became text).
"""

import argparse
import hashlib
import json
import pathlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFValueType as Value
from gguf.quants import dequantize

from text_golden import write_as_text

# Where the float16 scales of a block are, as offsets in half-words.
SCALES = {
    Type.Q8_0: [0],
    Type.Q4_0: [0],
    Type.Q4_1: [0, 1],
    Type.Q5_0: [0],
    Type.Q5_1: [0, 1],
    Type.Q4_K: [0, 1],
    Type.Q5_K: [0, 1],
    Type.Q6_K: [104],
}
# Row-major shapes, the last dimension contiguous.
SHAPES = {
    Type.F32: (2, 3, 5),
    Type.F16: (7,),
    Type.BF16: (3, 4),
    Type.Q8_0: (3, 64),
    Type.Q4_0: (3, 64),
    Type.Q4_1: (3, 64),
    Type.Q5_0: (3, 64),
    Type.Q5_1: (3, 64),
    Type.Q4_K: (3, 512),
    Type.Q5_K: (3, 512),
    Type.Q6_K: (3, 512),
}
METADATA = [
    ("fixture.uint8", 250, Value.UINT8),
    ("fixture.int8", -100, Value.INT8),
    ("fixture.uint16", 65000, Value.UINT16),
    ("fixture.int16", -30000, Value.INT16),
    ("fixture.uint32", 4_000_000_000, Value.UINT32),
    ("fixture.int32", -2_000_000_000, Value.INT32),
    ("fixture.uint64", 2**64 - 1, Value.UINT64),
    ("fixture.int64", -(2**63), Value.INT64),
    ("fixture.float32", 0.5, Value.FLOAT32),
    ("fixture.float64", 1e-300, Value.FLOAT64),
    ("fixture.bool", True, Value.BOOL),
    ("fixture.string", "naïve \U0001f600\n", Value.STRING),
]


def random_tensor(kind: Type, random: np.random.Generator) -> np.ndarray:
    shape = SHAPES[kind]
    if kind == Type.F32:
        return random.standard_normal(shape, dtype=np.float32)
    if kind == Type.F16:
        # Largest, smallest normal, smallest subnormal, the two zeros, two ordinary numbers.
        bits = [0x7BFF, 0x0400, 0x0001, 0x0000, 0x8000, 0x3C01, 0xC248]
        return np.array(bits, dtype=np.uint16).view(np.float16)
    if kind == Type.BF16:
        bits = random.standard_normal(shape, dtype=np.float32).view(np.uint32) >> 16
        return bits.astype(np.uint16).view(np.uint8).reshape(shape[0], -1)
    block, size = gguf.GGML_QUANT_SIZES[kind]
    count = shape[0] * shape[1] // block
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    halves = blocks.view(np.uint16)
    special = np.array([0x0000, 0x8000, 0x0001, 0x83FF, 0x7BFF], dtype=np.uint16)
    for offset in SCALES[kind]:
        scales = (random.standard_normal(count) * 0.02).astype(np.float16).view(np.uint16)
        scales[1 : 1 + len(special)] = special[: max(0, count - 1)]
        halves[:, offset] = scales
        special = special[::-1]
    return blocks.reshape(shape[0], -1)


def sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=20260725)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    model, decoded = args.out / "types.gguf", args.out / "types.f32"

    random = np.random.default_rng(args.seed)
    writer = gguf.GGUFWriter(model, "fixture")
    for key, value, kind in METADATA:
        writer.add_key_value(key, value, kind)
    writer.add_array("fixture.strings", ["", "a", "Ġt", "é"])
    writer.add_array("fixture.integers", [3, -1, 2])
    writer.add_array("fixture.floats", [0.25, -8.0])
    writer.add_array("fixture.booleans", [True, False])
    for kind in SHAPES:
        values = random_tensor(kind, random)
        writer.add_tensor(f"{kind.name.lower()}.weight", values, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    reader = gguf.GGUFReader(model)
    tensors, parts, offset = [], [], 0
    for tensor in reader.tensors:
        shape = list(reversed(tensor.shape.tolist()))
        values = np.ascontiguousarray(dequantize(tensor.data, tensor.tensor_type), dtype="<f4").reshape(shape)
        if not np.isfinite(values).all():
            raise SystemExit(f"{tensor.name} does not decode to finite numbers")
        tensors.append(
            {"name": tensor.name, "type": tensor.tensor_type.name, "shape": shape, "first": offset, "count": values.size}
        )
        parts.append(values.tobytes())
        offset += values.size
    decoded.write_bytes(b"".join(parts))
    golden = {
        "made_by": "Tests/Oracles/make_gguf_fixture.py",
        "peer": "gguf 0.19.0",
        "seed": args.seed,
        "sha256": {path.name: sha256(path) for path in (model, decoded)},
        "metadata": {key: field.contents() for key, field in reader.fields.items() if not key.startswith("GGUF.")},
        "tensors": tensors,
    }
    text = json.dumps(golden, indent=1, ensure_ascii=False, sort_keys=True)
    (args.out / "types.json").write_text(text + "\n", encoding="utf-8")
    for path in (model, decoded):
        write_as_text(path)


if __name__ == "__main__":
    main()
