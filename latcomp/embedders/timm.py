"""timm: a local folder as timm saves models, config.json beside the weights."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from latcomp.embedders import EMBEDDERS, Array, Embed, Wish, config_of, only_images
from latcomp.errors import InputError
from latcomp.optional import need


class Timm:
    """timm; images, by the features that the model pools before its classifier"""

    def recognises(self, folder: Path) -> bool:
        return "architecture" in config_of(folder)

    def load(self, model: str, items: str, wish: Wish) -> Embed:
        only_images(model, items, wish)
        library = need("timm", "vision", f"embedding with {model}")
        if not (Path(model) / "config.json").is_file():
            raise InputError(f"{model} is no folder with a model of timm")
        try:
            loaded = library.create_model(f"local-dir:{model}", pretrained=True, num_classes=0)
        except (OSError, ValueError, KeyError, RuntimeError, pickle.UnpicklingError) as error:
            reason = str(error).partition("\n")[0]
            raise InputError(f"{model} cannot be loaded: {reason}") from error
        loaded = loaded.to(wish.device).eval()
        prepare = need("timm.data", "vision", f"embedding with {model}")
        transform = prepare.create_transform(**prepare.resolve_model_data_config(loaded))

        @torch.inference_mode()
        def embed(batch: Sequence[Any]) -> dict[str, Array]:
            images = torch.stack([transform(image) for image in batch]).to(wish.device)
            return {"last": loaded(images).float().cpu().numpy()}

        return embed


EMBEDDERS.add("timm")(Timm())
