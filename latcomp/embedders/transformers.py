"""Hugging Face transformers: text and images, any layer, pooled over tokens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from latcomp.embedders import EMBEDDERS, Array, Embed, Wish, config_of
from latcomp.errors import InputError, UsageError
from latcomp.optional import need


class Transformers:
    """Hugging Face transformers; text, images; cls, mean or last token of any layer, or of all"""

    def recognises(self, folder: Path) -> bool:
        return "model_type" in config_of(folder) and not (folder / "modules.json").is_file()

    def load(self, model: str, items: str, wish: Wish) -> Embed:
        library = need("transformers", "embed", f"embedding with {model}")
        try:
            prepares = library.AutoImageProcessor if items == "image" else library.AutoTokenizer
            prepare = prepares.from_pretrained(model, local_files_only=True)
            loaded = library.AutoModel.from_pretrained(model, local_files_only=True)
        except (OSError, ValueError, KeyError, ImportError) as error:
            reason = str(error).partition("\n")[0]
            raise InputError(f"{model} cannot be loaded: {reason}") from error
        loaded = loaded.to(wish.device).eval()
        if items == "text" and prepare.pad_token is None:
            prepare.pad_token = prepare.eos_token

        @torch.inference_mode()
        def embed(batch: Sequence[Any]) -> dict[str, Array]:
            options = {} if items == "image" else {"padding": True, "truncation": True}
            inputs = prepare(list(batch), return_tensors="pt", **options).to(wish.device)
            outputs = loaded(**inputs, output_hidden_states=True)
            layers = [*outputs.hidden_states[:-1], outputs.last_hidden_state]
            mask = inputs.get("attention_mask")
            return {
                name: _pooled(layers[index], mask, wish.pooling).float().cpu().numpy()
                for name, index in _chosen(wish.layer, len(layers)).items()
            }

        return embed


def _chosen(layer: str, count: int) -> dict[str, int]:
    """The names and numbers of the wanted layers; 0 is what enters the first."""
    if layer == "all":
        return {f"layer{index}": index for index in range(count)}
    if layer == "last":
        return {"last": count - 1}
    if int(layer) >= count:
        raise UsageError(f"layer {layer} was asked for, and the last is {count - 1}")
    return {f"layer{layer}": int(layer)}


def _pooled(states: Tensor, mask: Tensor | None, pooling: str) -> Tensor:
    """One vector for each item: states (batch, tokens, d), or (batch, d, height, width)."""
    if states.ndim == 4:
        return states.mean((2, 3))
    if pooling == "cls":
        return states[:, 0]
    if mask is None:
        mask = torch.ones(states.shape[:2], device=states.device)
    if pooling == "mean":
        weights = mask[:, :, None].to(states.dtype)
        return (states * weights).sum(1) / weights.sum(1)
    places = torch.arange(mask.shape[1], device=states.device)
    last = (mask * places).argmax(1)
    return states[torch.arange(len(states)), last]


EMBEDDERS.add("transformers")(Transformers())
