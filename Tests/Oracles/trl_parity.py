"""Runs TRL's KTOTrainer for a few steps and records everything that a port can be compared with.

The truth for: training. Float32, eager attention, no dropout, no shuffling, no gradient checkpointing.

    python trl_parity.py MODEL_DIR ADAPTER_DIR rows.jsonl OUT_DIR [--steps 8 --reference base|initial]

--reference base: the adapter switched off. TRL does so when it makes the adapter itself, from a peft_config; the
weights of ADAPTER_DIR are then put in before the first step. --reference initial: the model is handed over as a
PeftModel, and TRL freezes a copy of the adapter under the name "ref".

OUT_DIR receives
- metrics.jsonl: what TRL logs for each step, unrounded, with `wall_seconds` and `peak_rss_bytes`;
- rows.jsonl: for each row of each microbatch, in order: `step` and `microbatch` (both from 1), `label`, the ids
  after truncation (`prompt_ids`, `completion_ids`, and of the mismatched pair `kl_prompt_ids`,
  `kl_completion_ids`), and the four summed log-probabilities `logp`, `ref_logp`, `kl_logp`, `ref_kl_logp`; the
  first row of a microbatch carries its `loss` (not yet divided by the number of microbatches);
- dataset.jsonl: the rows as TRL tokenized and paired them, before truncation, dropped rows gone;
- initial_adapter/, final_adapter/ (after the last step), and with --keep-steps adapters/step_N/;
- run.json: the settings and versions.
"""

import argparse
import hashlib
import importlib.metadata
import json
import pathlib
import resource
import shutil
import tempfile
import time

import torch
from datasets import Dataset
from peft import PeftConfig, PeftModel, set_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import KTOConfig, KTOTrainer


def write_line(file, value):
    file.write(json.dumps(value) + "\n")
    file.flush()


class Recorder(KTOTrainer):
    """Records; changes nothing that TRL computes."""

    def prepare_recording(self, out, keep_steps):
        self.metrics_file = open(out / "metrics.jsonl", "w", encoding="utf-8")
        self.rows_file = open(out / "rows.jsonl", "w", encoding="utf-8")
        self.steps_directory = out / "adapters" if keep_steps else None
        self.initial_adapter = out / "initial_adapter"
        self.forwards, self.microbatch, self.step_started = [], 0, time.monotonic()
        # Four forwards a microbatch, in this order: policy KL, policy, reference KL, reference.
        self.model.register_forward_hook(
            lambda module, inputs, output: self.forwards.append(output.log_probs.detach().sum(-1).tolist())
        )

    def compute_loss(self, model, inputs, *args, **kwargs):
        self.forwards.clear()
        loss = super().compute_loss(model, inputs, *args, **kwargs)
        kl_logps, logps, ref_kl_logps, ref_logps = self.forwards
        step = self.state.global_step + 1
        self.microbatch = self.microbatch + 1 if getattr(self, "last_step", None) == step else 1
        self.last_step = step
        for i in range(len(logps)):
            row = {"step": step, "microbatch": self.microbatch, "label": bool(inputs["label"][i])}
            if i == 0:
                row["loss"] = loss.item()
            for prefix, ours in (("", ""), ("KL_", "kl_")):
                ids = inputs[f"{prefix}input_ids"][i]
                real = inputs[f"{prefix}attention_mask"][i].bool()
                completion = inputs[f"{prefix}completion_mask"][i].bool()
                row[f"{ours}prompt_ids"] = ids[real & ~completion].tolist()
                row[f"{ours}completion_ids"] = ids[real & completion].tolist()
            row |= {"logp": logps[i], "ref_logp": ref_logps[i]}
            row |= {"kl_logp": kl_logps[i], "ref_kl_logp": ref_kl_logps[i]}
            write_line(self.rows_file, row)
        return loss

    def log(self, logs, start_time=None):
        super().log(logs, start_time)
        if "loss" not in logs:  # the summary at the end
            return
        now = time.monotonic()
        write_line(
            self.metrics_file,
            {
                **self.state.log_history[-1],
                "wall_seconds": now - self.step_started,
                "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            },
        )
        if self.steps_directory is not None:
            directory = self.steps_directory / f"step_{self.state.global_step}"
            save_adapter(self.model, directory, self.initial_adapter)
        self.step_started = time.monotonic()


def save_adapter(model, directory, initial):
    """As PEFT saves it, but under the base name of the initial adapter and with the targets sorted."""
    model.save_pretrained(directory, selected_adapters=["default"])
    (directory / "README.md").unlink(missing_ok=True)
    before = json.loads((initial / "adapter_config.json").read_text())
    path = directory / "adapter_config.json"
    config = json.loads(path.read_text()) | {"base_model_name_or_path": before["base_model_name_or_path"]}
    config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("adapter", type=pathlib.Path)
    parser.add_argument("rows", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--reference", choices=["base", "initial"], default="base")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--accumulation", type=int, default=2)
    parser.add_argument("--max-length", type=int, default=512)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--loss", default="kto", choices=["kto", "apo_zero_unpaired"])
    parser.add_argument("--attention", default="eager")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--keep-steps", action="store_true", help="save the adapter after every step")
    args = parser.parse_args()
    if args.loss != "kto":
        parser.error("the recording expects the four forwards of the kto loss")
    if args.threads:
        torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)

    # Only the three columns, of the types TRL expects: ours may carry more.
    with open(args.rows, encoding="utf-8") as lines:
        rows = [{key: row[key] for key in ("prompt", "completion", "label")} for row in map(json.loads, lines)]
    scratch = tempfile.TemporaryDirectory()
    settings = dict(
        max_steps=args.steps,
        per_device_train_batch_size=args.batch,
        gradient_accumulation_steps=args.accumulation,
        max_length=args.max_length,
        loss_type=args.loss,
        beta=0.1,
        learning_rate=args.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=0,
        weight_decay=0.0,
        max_grad_norm=1.0,
        gradient_checkpointing=False,
        bf16=False,
        use_cpu=True,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
        dataloader_num_workers=0,
    )
    load = dict(dtype=torch.float32, attn_implementation=args.attention)
    common = dict(
        args=KTOConfig(output_dir=scratch.name, **settings),
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(args.model),
    )
    model = AutoModelForCausalLM.from_pretrained(args.model, **load)
    if args.reference == "base":
        config = PeftConfig.from_pretrained(args.adapter)
        config.inference_mode = False
        trainer = Recorder(model=model, peft_config=config, **common)
        set_peft_model_state_dict(trainer.model, load_file(args.adapter / "adapter_model.safetensors"))
    else:
        trainer = Recorder(model=PeftModel.from_pretrained(model, args.adapter, is_trainable=True), **common)
    adapters = sorted(trainer.model.peft_config)
    shutil.copytree(args.adapter, args.out / "initial_adapter", dirs_exist_ok=True)
    with open(args.out / "dataset.jsonl", "w", encoding="utf-8") as file:
        for row in trainer.train_dataset:
            write_line(file, {key: row[key] for key in ("prompt_ids", "completion_ids", "KL_completion_ids", "label")})

    trainer.prepare_recording(args.out, args.keep_steps)
    trainer.train()
    save_adapter(trainer.model, args.out / "final_adapter", args.adapter)
    packages = ("torch", "transformers", "trl", "peft", "accelerate", "tokenizers")
    group = trainer.optimizer.optimizer.param_groups[0]
    run = {
        "model_sha256": hashlib.sha256((args.model / "model.safetensors").read_bytes()).hexdigest(),
        "settings": settings,
        "reference": args.reference,
        "adapters_in_model": adapters,
        "attention": trainer.model.config._attn_implementation,
        "threads": torch.get_num_threads(),
        "optimizer": {
            "class": type(trainer.optimizer.optimizer).__name__,
            **{key: group[key] for key in ("betas", "eps", "weight_decay", "fused", "foreach")},
            "groups": [len(group["params"]) for group in trainer.optimizer.optimizer.param_groups],
        },
        "rows_given": len(rows),
        "rows_kept": len(trainer.train_dataset),
        "versions": {name: importlib.metadata.version(name) for name in packages},
    }
    (args.out / "run.json").write_text(json.dumps(run, indent=2) + "\n")
    scratch.cleanup()


if __name__ == "__main__":
    main()
