"""Writes a sentence encoder in the layout that @huggingface/transformers loads, its weights int8."""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from transformers import AutoModel, AutoTokenizer

WINDOW = 256


class TokenStates(torch.nn.Module):
    """The encoder as transformers.js calls it: three inputs, the last layer's states."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state


def export(source: Path, out: Path) -> None:
    """Exports the float32 model in `source`; texts are cut at 256 tokens, as in training."""
    model = AutoModel.from_pretrained(source, attn_implementation="eager").float().eval()
    tokenizer = AutoTokenizer.from_pretrained(source)
    example = tokenizer(["rain on my window", "a long road home tonight"], padding=True, return_tensors="pt")
    names = ["input_ids", "attention_mask", "token_type_ids"]
    batch, tokens = torch.export.Dim("batch"), torch.export.Dim("tokens", max=512)
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = Path(folder) / "plain.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            TokenStates(model),
            tuple(example[name] for name in names),
            plain,
            input_names=names,
            output_names=["last_hidden_state"],
            dynamic_shapes=({0: batch, 1: tokens},) * 3,
            dynamo=True,
            external_data=False,
        )
        quant_pre_process(plain, ready, skip_symbolic_shape=True)
        quantize_dynamic(
            ready, out / "onnx" / "model_quantized.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=False
        )
    config = json.loads((source / "config.json").read_text())
    for unneeded in ("_name_or_path", "dtype", "torch_dtype", "transformers_version"):
        config.pop(unneeded, None)
    # What the encoder was tuned to read: each line of lyrics once, and no more than the first window of them.
    config["lyrec"] = {"repeated_lines": "once", "pieces": 1}
    write_json(out / "config.json", config)
    for name in ("tokenizer.json", "special_tokens_map.json"):
        if (source / name).exists():
            shutil.copy(source / name, out / name)
    tokenizer_json = json.loads((out / "tokenizer.json").read_text())
    tokenizer_json["truncation"] = tokenizer_json["padding"] = None
    (out / "tokenizer.json").write_text(json.dumps(tokenizer_json, ensure_ascii=False))
    write_json(
        out / "tokenizer_config.json",
        {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": True,
            "model_max_length": WINDOW,
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "pad_token": "[PAD]",
            "unk_token": "[UNK]",
            "mask_token": "[MASK]",
        },
    )
    (out / "1_Pooling").mkdir(exist_ok=True)
    write_json(
        out / "1_Pooling" / "config.json",
        {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True},
    )


def write_json(file: Path, value: dict) -> None:
    file.write_text(json.dumps(value, indent=2) + "\n")
