# shellcheck shell=bash
# What the scripts of this folder share: a run of the embedded tiny model that takes seconds, in a folder of its own.
# Sourced with `program` and `seed` set.
package=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RANDOM=$seed
model=$package/data/models/models--kto-data--tiny-mistral

for i in $(seq 60); do
  label=true
  ((i % 2)) || label=false
  printf '{"prompt":"Name item %s.","completion":"Item %s is here.","label":%s}\n' "$i" "$i" "$label"
done > "$work/conversations.jsonl"

# Validation and dropout, so that everything that a checkpoint keeps decides the result.
cat > "$work/run.yaml" <<YAML
model: {name: $model, max_seq_length: 128}
data: {inputs: [$work/conversations.jsonl], split: {train: 80, validation: 20}, shards: $work/shards}
lora: {rank: 4, alpha: 8.0, dropout: 0.1, target_modules: [q_proj, v_proj]}
training: {max_steps: 30, gradient_accumulation_steps: 2, learning_rate: 1e-3, threads: 1, checkpoint_steps: 4}
output: {logs: $work/logs, checkpoints: $work/checkpoints, final_model: $work/final}
YAML

if ! "$program" prepare --config "$work/run.yaml" > "$work/prepare.txt" 2>&1; then
  cat "$work/prepare.txt" >&2
  exit 2
fi
