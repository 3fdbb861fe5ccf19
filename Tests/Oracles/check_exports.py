"""Loads what `kto-data export` wrote with the code of those it is written for, and compares each row with the examples.

    python check_exports.py EXPORTS MODEL PEERS [--only NAME...]

EXPORTS holds a folder for each export, `examples` among them, all of the same parts; MODEL is a model folder for TRL's
trainer; PEERS is a folder with the packages llamafactory, ms_swift and axolotl, without what they depend on: modules
that have nothing to do with reading rows are stood in for. Exits with 1 after the table if anything differs.

Peers: datasets, TRL, LLaMA-Factory, ms-swift, axolotl, openai (requirements.txt, requirements-exports.txt). HALOs has no
package: its form is read as its loader does, by json.load, with the keys that the loader takes.
"""

import argparse
import importlib.abc
import importlib.machinery
import json
import pathlib
import sys
import tempfile
import types
from unittest import mock

STOOD_IN = {"torchaudio", "modelscope"}


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Empty modules; found last, so only where there is no real one."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in STOOD_IN:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = lambda name: mock.MagicMock(name=name) if not name.startswith("__") else None
        return module

    def exec_module(self, module):
        pass


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def texts(messages):
    return [(message["role"], message["content"] or "") for message in messages]


class Checks:
    def __init__(self, exports, model):
        self.exports, self.model = exports, model
        self.parts = {path.stem: lines(path) for path in sorted((exports / "examples").glob("*.jsonl"))}

    def report(self, name):
        return json.loads((self.exports / name / "kto-export.json").read_text("utf-8"))

    def trl(self, name="trl"):
        """TRL's trainer tokenizes every row; its completions are those of the examples."""
        from datasets import load_dataset
        folder = self.exports / name
        rows = {part: str(folder / f"{part}.jsonl") for part in self.parts}
        return self.train(load_dataset("json", data_files=rows), name)

    def trl_text(self):
        return self.trl("trl-text")

    def train(self, sets, name):
        from transformers import AutoTokenizer
        from trl import KTOConfig, KTOTrainer
        with tempfile.TemporaryDirectory() as scratch:
            options = KTOConfig(output_dir=scratch, report_to=[], use_cpu=True, per_device_train_batch_size=2, max_length=4096)
            trainer = KTOTrainer(
                model=str(self.model), args=options, train_dataset=sets["train"],
                processing_class=AutoTokenizer.from_pretrained(self.model))
            tokenized = trainer.train_dataset
            assert tokenized.num_rows == self.report(name)["parts"]["train"]["rows"], tokenized
            assert {"prompt_ids", "completion_ids", "label"} <= set(tokenized.column_names), tokenized.column_names
            assert all(len(ids) > 0 for ids in tokenized["completion_ids"])
        return {part: sets[part].num_rows for part in sets}

    def hf(self, name="hf"):
        """`load_dataset` finds the parts and the columns; rows are those of the examples; TRL's trainer takes them."""
        from datasets import load_dataset
        sets = load_dataset(str(self.exports / name))
        assert set(sets) == set(self.parts), sets
        for part, examples in self.parts.items():
            for row, example in zip(sets[part], examples, strict=True):
                assert row["id"] == example["id"] and row["label"] is example["label"]
                assert texts(row["prompt"]) == texts(example["prompt"])
                assert texts(row["completion"]) == texts(example["completion"])
                assert (row.get("metadata") is None) == ("metadata" not in example)
        return self.train(sets, name)

    def hf_parquet(self):
        return self.hf("hf-parquet")

    def parquet(self):
        from datasets import load_dataset
        rows = {part: str(self.exports / "parquet" / f"{part}.parquet") for part in self.parts}
        sets = load_dataset("parquet", data_files=rows)
        for part, examples in self.parts.items():
            for row, example in zip(sets[part], examples, strict=True):
                assert row["id"] == example["id"] and row["label"] is example["label"]
                assert texts(row["prompt"]) == texts(example["prompt"])
                assert texts(row["completion"]) == texts(example["completion"])
        return self.train(sets, "parquet")

    def llama_factory(self):
        """LLaMA-Factory's parser finds the data sets, and its converter makes KTO examples of all rows."""
        from llamafactory.data.converter import get_dataset_converter
        from llamafactory.data.parser import get_dataset_list
        folder = self.exports / "llama-factory"
        counts = {}
        for part, examples in self.parts.items():
            [attributes] = get_dataset_list([f"kto_{part}"], str(folder))
            convert = get_dataset_converter(attributes.formatting, attributes, mock.MagicMock())
            rows = lines(folder / attributes.dataset_name)
            for row, example in zip(rows, examples, strict=True):
                got = convert(row)
                answers = [example["completion"][-1]["content"], ""]
                assert [m["content"] for m in got["_response"]] == (answers if example["label"] else answers[::-1]), got
                system = [m["content"] for m in example["prompt"] if m["role"] == "system"]
                assert got["_system"] == "".join(system)
                prompt = [m for m in example["prompt"] + example["completion"][:-1] if m["role"] != "system"]
                assert texts(got["_prompt"]) == texts(prompt)
            counts[part] = len(rows)
        return counts

    def ms_swift(self):
        """ms-swift's preprocessor keeps every row, its messages and its label."""
        from datasets import load_dataset
        from swift.dataset.preprocessor.core import AutoPreprocessor
        counts = {}
        for part, examples in self.parts.items():
            rows = load_dataset("json", data_files=str(self.exports / "ms-swift" / f"{part}.jsonl"), split="train")
            got = AutoPreprocessor()(rows, load_from_cache_file=False, strict=True)
            assert got.num_rows == len(examples), (got, len(examples))
            for row, example in zip(got, examples, strict=True):
                assert bool(row["label"]) is example["label"]
                assert texts(row["messages"]) == texts(example["prompt"] + example["completion"])
            counts[part] = got.num_rows
        return counts

    def axolotl(self):
        """axolotl's strategies make a prompt and a completion of every row."""
        import yaml
        from axolotl.prompt_strategies.kto import load
        folder = self.exports / "axolotl"
        section = yaml.safe_load((folder / "axolotl.yaml").read_text("utf-8"))
        assert section["rl"] == "kto" and section["datasets"][0]["type"] == "chatml.argilla_chat"
        counts = {}
        for entry in section["datasets"] + section.get("test_datasets", []):
            part = pathlib.Path(entry["path"]).stem
            for strategy, border in (("chatml.argilla_chat", "<|im_start|>{}\n{}<|im_end|>\n"),
                                     ("llama3.argilla_chat", "<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>")):
                transform = load(strategy, {"datasets": [entry]}, dataset_idx=0)
                for row, example in zip(lines(folder / entry["path"]), self.parts[part], strict=True):
                    got = transform(row)
                    history = example["prompt"] + example["completion"][:-1]
                    assert got["prompt"].startswith("".join(border.format(m["role"], m["content"]) for m in history))
                    assert got["completion"].startswith(example["completion"][-1]["content"])
                    assert got["label"] is example["label"]
            counts[part] = len(self.parts[part])
        return counts

    def halos(self):
        """What HALOs' get_feedback reads of each item."""
        items = json.loads((self.exports / "halos" / "feedback.json").read_text("utf-8"))
        examples = [example for part in self.parts.values() for example in part]
        for item, example in zip(items, examples, strict=True):
            assert item["type"] == "binary_feedback" and isinstance(item["reward"], float)
            assert texts(item["prompt"]) == texts(example["prompt"])
            assert texts(item["output"]) == texts(example["completion"])
            assert bool(item["label"]) is example["label"] and item["split"] in ("train", "test")
        return {"all": len(items)}

    def openai(self):
        """The client's own types take every message and every tool."""
        from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
        from pydantic import TypeAdapter
        message, tool = TypeAdapter(ChatCompletionMessageParam), TypeAdapter(ChatCompletionToolParam)
        counts = {}
        for part, examples in self.parts.items():
            rows = lines(self.exports / "openai" / f"{part}.jsonl")
            for row, example in zip(rows, examples, strict=True):
                for one in row["messages"]:
                    message.validate_python(one)
                for one in row.get("tools", []):
                    tool.validate_python(one)
                assert texts(row["messages"]) == texts(example["prompt"] + example["completion"])
                assert row["feedback"] == ("thumbs_up" if example["label"] else "thumbs_down")
            counts[part] = len(rows)
        return counts

    def openai_dpo(self):
        """Each pair has a desirable and an undesirable answer of one prompt, and no answer is in two pairs."""
        from openai.types.chat import ChatCompletionMessageParam
        from pydantic import TypeAdapter
        message = TypeAdapter(ChatCompletionMessageParam)
        counts = {}
        for part, examples in self.parts.items():
            answers = {True: {}, False: {}}
            for example in examples:
                key = json.dumps([texts(example["prompt"]), texts(example["completion"])])
                answers[example["label"]][key] = answers[example["label"]].get(key, 0) + 1
            path = self.exports / "openai-dpo" / f"{part}.jsonl"
            rows = lines(path) if path.exists() else []
            for row in rows:
                prompt = texts(row["input"]["messages"])
                for one in row["input"]["messages"] + row["preferred_output"] + row["non_preferred_output"]:
                    message.validate_python(one)
                for label, name in ((True, "preferred_output"), (False, "non_preferred_output")):
                    key = json.dumps([prompt, texts(row[name])])
                    answers[label][key] = answers[label].get(key, 0) - 1
                    assert answers[label][key] >= 0, row
            counts[part] = len(rows)
        return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exports", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("peers", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", metavar="NAME")
    args = parser.parse_args()
    sys.path.append(str(args.peers))
    sys.meta_path.append(StandIn())
    checks = Checks(args.exports, args.model)
    failures = 0
    print("| export | rows loaded |\n| --- | --- |")
    for folder in sorted(args.exports.iterdir()):
        if folder.name == "examples" or args.only and folder.name not in args.only:
            continue
        try:
            counts = getattr(checks, folder.name.replace("-", "_"))()
            print(f"| {folder.name} | {', '.join(f'{part} {count}' for part, count in counts.items())} |", flush=True)
        except Exception as error:
            failures += 1
            print(f"| {folder.name} | {type(error).__name__}: {str(error)[:600]} |", flush=True)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
