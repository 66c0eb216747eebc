"""sentence-transformers: a local folder with modules.json."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latcomp.embedders import EMBEDDERS, Array, Embed, Wish
from latcomp.errors import InputError, UsageError
from latcomp.optional import need


class SentenceTransformers:
    """sentence-transformers; the model itself says how tokens are pooled"""

    def recognises(self, folder: Path) -> bool:
        return (folder / "modules.json").is_file()

    def load(self, model: str, items: str, wish: Wish) -> Embed:
        if wish.layer != "last":
            raise UsageError(
                f"{model} pools its last layer only, found --layer {wish.layer}",
                "name it as transformers:FOLDER to choose a layer",
            )
        library = need("sentence_transformers", "embed", f"embedding with {model}")
        try:
            loaded = library.SentenceTransformer(model, device=wish.device, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"{model} cannot be loaded: {error}") from error

        def embed(batch: Sequence[Any]) -> dict[str, Array]:
            found: Array = loaded.encode(list(batch), batch_size=len(batch))
            return {"last": found}

        return embed


EMBEDDERS.add("sentence-transformers")(SentenceTransformers())
