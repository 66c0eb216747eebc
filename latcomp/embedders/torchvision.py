"""torchvision: `torchvision:resnet18`, with weights that are already stored on this machine."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from latcomp.embedders import EMBEDDERS, Array, Embed, Wish, only_images
from latcomp.errors import InputError
from latcomp.optional import need
from latcomp.registry import did_you_mean


class Torchvision:
    """torchvision; images, by what enters the last linear layer of a classifier"""

    def recognises(self, folder: Path) -> bool:
        return False

    def load(self, model: str, items: str, wish: Wish) -> Embed:
        only_images(f"torchvision:{model}", items, wish)
        models = need("torchvision.models", "vision", f"embedding with torchvision:{model}")
        known = models.list_models(module=models)
        if model not in known:
            raise InputError(f"torchvision has no classifier {model!r}", did_you_mean(model, known))
        weights = models.get_model_weights(model).DEFAULT
        loaded = models.get_model(model)
        loaded.load_state_dict(_stored(model, weights.url))
        _behead(model, loaded)
        loaded = loaded.to(wish.device).eval()
        transform = weights.transforms()

        @torch.inference_mode()
        def embed(batch: Sequence[Any]) -> dict[str, Array]:
            images = torch.stack([transform(image) for image in batch]).to(wish.device)
            return {"last": loaded(images).cpu().numpy()}

        return embed


def _stored(model: str, url: str) -> Any:
    """The weights where torch.hub keeps them. Raises InputError where they are not there."""
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
    if not path.is_file():
        raise InputError(
            f"the weights of torchvision:{model} are not stored here: there is no {path}",
            f"store them once with torchvision.models.get_model({model!r}, weights='DEFAULT')",
        )
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path} cannot be loaded: {reason}") from error


def _behead(model: str, loaded: torch.nn.Module) -> None:
    """Put nothing in the place of the last linear layer."""
    linear = [name for name, m in loaded.named_modules() if isinstance(m, torch.nn.Linear)]
    if not linear:
        raise InputError(f"torchvision:{model} has no linear layer at its end")
    parent, _, name = linear[-1].rpartition(".")
    setattr(loaded.get_submodule(parent), name, torch.nn.Identity())


EMBEDDERS.add("torchvision")(Torchvision())
