/// What other tools call a key of ours, or what this one does instead of what their key asks for.
struct PeerKey {
  /// The names, as TRL, transformers, PEFT, LLaMA-Factory, HALOs or axolotl write them.
  var names: [String]
  /// The whole path of our key; nil where there is none.
  var path: String?
  /// What else is to know, such as another unit; what happens instead, where there is no key.
  var note: String?

  init(_ path: String, _ names: String..., note: String? = nil) {
    self.names = names
    self.path = path
    self.note = note
  }

  init(without names: String..., note: String) {
    self.names = names
    self.note = note
  }

  var hint: String {
    guard let path else { return note ?? "" }
    return "it is called '\(path)' here" + (note.map { "; \($0)" } ?? "")
  }
}

/// Every one, in the order of our sections. A name that is a key of ours elsewhere is not needed here.
let peerKeys: [PeerKey] = [
  PeerKey(
    "model.name", "model_name_or_path", "name_or_path", "base_model", "base_model_name_or_path", "model_name",
    "model_id"),
  PeerKey("model.revision", "model_revision"),
  PeerKey(
    "model.max_seq_length", "max_length", "cutoff_len", "sequence_len", "model_max_length", "max_len",
    note: "prompt and completion together"),
  PeerKey(
    without: "max_prompt_length", "max_completion_length",
    note: "only prompt and completion together have a limit, 'model.max_seq_length'"),

  PeerKey(
    "data.inputs", "dataset", "datasets", "dataset_name", "dataset_dir", "train_file", "data_files",
    note: "a list of files and folders"),
  PeerKey(
    "data.split.validation", "val_size", "val_set_size", "test_size", "validation_split_percentage",
    note: "in percent, as 10, and 'data.split.train' has the rest"),
  PeerKey("data.seed", "data_seed", "shuffle_seed"),
  PeerKey("data.shards", "dataset_prepared_path", "tokenized_path"),

  PeerKey("lora", "peft", "peft_config", "lora_config"),
  PeerKey("lora.rank", "r", "lora_r", "lora_rank"),
  PeerKey("lora.alpha", "lora_alpha"),
  PeerKey("lora.dropout", "lora_dropout"),
  PeerKey(
    "lora.target_modules", "lora_target", "lora_target_modules", note: "a list, as [q_proj, v_proj]"),
  PeerKey("lora.layers", "layers_to_transform", "lora_layers_to_transform", "num_layers", note: "as 0-9"),
  PeerKey("lora.rslora", "use_rslora", "peft_use_rslora"),
  PeerKey("lora.plus_ratio", "loraplus_lr_ratio", "lora_plus_ratio"),
  PeerKey("lora.init_adapter", "adapter_name_or_path", "lora_model_dir", "peft_model_id"),
  PeerKey(
    without: "use_peft", "finetuning_type", "adapter", "use_dora", "modules_to_save",
    note: "a LoRA adapter is all that is trained; its keys are in the section 'lora'"),
  PeerKey(
    without: "load_in_4bit", "load_in_8bit", "quantization_bit", "bf16", "fp16", "pure_bf16", "tf32",
    "torch_dtype", "dtype", "policy_dtype",
    note: "training is in float32, whatever type the weights have"),

  PeerKey("training.epochs", "num_train_epochs", "n_epochs", "num_epochs"),
  PeerKey(
    "training.per_device_batch_size", "per_device_train_batch_size", "micro_batch_size", "batch_size",
    "train_batch_size"),
  PeerKey("training.gradient_accumulation_steps", "accumulation_steps", "grad_accum_steps"),
  PeerKey("training.learning_rate", "lr"),
  PeerKey("training.warmup_steps", "warmup_ratio", "warmup", note: "in optimizer steps"),
  PeerKey("training.max_grad_norm", "max_gradient_norm", "gradient_clipping", "clip_grad"),
  PeerKey(
    "training.gradient_checkpointing", "activation_checkpointing", "use_gradient_checkpointing"),
  PeerKey(
    "training.checkpoint_steps", "save_steps", "save_every", "saves_per_epoch", "save_strategy",
    note: "in optimizer steps"),
  PeerKey("training.threads", "num_threads", "omp_num_threads"),
  PeerKey(
    without: "lr_scheduler_type", "lr_scheduler", "optim", "optimizer",
    note: "the optimizer is AdamW, and its rate falls in a line to 0 after 'training.warmup_steps'"),
  PeerKey(
    without: "logging_steps", "logging_strategy",
    note: "every step is recorded; 'output.recorders' says in which files"),
  PeerKey(
    without: "eval_steps", "eval_every", "eval_strategy", "evaluation_strategy",
    "per_device_eval_batch_size",
    note: "the validation split is measured at each checkpoint, every 'training.checkpoint_steps'"),
  PeerKey(
    without: "resume_from_checkpoint", "overwrite_output_dir", "do_train", "do_eval",
    note: "it is an option of a command here, not a key: see kto-data train --help"),
  PeerKey(
    without: "dataset_num_proc", "preprocessing_num_workers", "dataloader_num_workers",
    note: "preparing takes every core; the rows do not depend on the number"),

  PeerKey("kto", "loss", "loss_config", "rl"),
  PeerKey("kto.beta", "pref_beta", "rl_beta", "kto_beta"),
  PeerKey(
    "kto.lambda_d", "desirable_weight", "kto_chosen_weight", "kto_desirable_weight", "lambda_desirable"),
  PeerKey(
    "kto.lambda_u", "undesirable_weight", "kto_rejected_weight", "kto_undesirable_weight",
    "lambda_undesirable"),
  PeerKey("kto.loss_type", "pref_loss", "loss_name", "humanline"),
  PeerKey("kto.sft_weight", "pref_ftx", "rpo_alpha", "sft_coef", "ftx_gamma"),
  PeerKey(
    without: "precompute_ref_log_probs", "ref_model", "ref_adapter_name",
    note: "the reference is the model itself with the adapter switched off"),

  PeerKey("output.final_model", "output_dir", "save_dir"),
  PeerKey("output.logs", "logging_dir", "log_dir", note: "a folder"),
  PeerKey("output.recorders", "report_to", note: "a list"),
  PeerKey("output.checkpoints", "checkpoint_dir", "local_run_dir"),
]

extension RunConfiguration {
  package static func peerHint(for key: String) -> String? {
    let name = key.lowercased()
    return peerKeys.first { $0.names.contains(name) }?.hint
  }
}
