"""Train word2vec and fastText on English novels and save how each sees 5,000 frequent words.

Run `python make_words.py path/to/corpora`, the folder that holds `eltec_en.txt.xz`: about five
minutes on one core, with gensim (not a dependency of latcomp: `pip install gensim`) and h5py.
"""

from __future__ import annotations

import argparse
import lzma
from pathlib import Path
from typing import Any

import gensim
import h5py
import numpy as np
from gensim.models import FastText, KeyedVectors, Word2Vec
from numpy.typing import NDArray

CORPUS = "eltec_en.txt.xz"
SOURCE = "ELTeC, English novels of 1840 to 1920, 11.4 million tokens; the text is public domain"
SKIPPED, KEPT = 100, 5000
# One worker: more of them make the order of updates, and so the vectors, a matter of chance.
SHARED = {"sg": 1, "vector_size": 100, "epochs": 5, "min_count": 20, "workers": 1}
# Seeds differ because equal ones start both models from the same vectors.
RECIPES: dict[str, tuple[Any, dict[str, int]]] = {
    "word2vec": (Word2Vec, SHARED | {"window": 5, "seed": 1}),
    "fasttext": (FastText, SHARED | {"window": 3, "seed": 2, "bucket": 200_000}),
}


def read_sentences(path: Path) -> list[list[str]]:
    """The corpus as lists of tokens, one list per line."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [line.split() for line in file]


def pick_words(models: list[KeyedVectors]) -> list[str]:
    """Frequent words that every model knows: alphabetic, 4 letters or more, commonest first."""
    known = [
        word
        for word in models[0].index_to_key
        if word.isalpha() and len(word) >= 4 and all(word in model.key_to_index for model in models)
    ]
    return known[SKIPPED : SKIPPED + KEPT]


def save(path: Path, words: list[str], vectors: NDArray[np.float16], how: dict[str, str]) -> None:
    """Write an HDF5 file that holds no times, so that the same content has the same bytes."""
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file.attrs.update(how)
        file.create_dataset("embeddings", data=vectors, track_times=False)
        ids = np.array(words, dtype=h5py.string_dtype())
        file.create_dataset("ids", data=ids, track_times=False)


def main() -> None:
    """Write words_word2vec.h5 and words_fasttext.h5 beside this script."""
    parser = argparse.ArgumentParser(description="Train and save the word spaces of sample_data.")
    parser.add_argument("corpora", type=Path, help=f"the folder that holds {CORPUS}")
    sentences = read_sentences(parser.parse_args().corpora / CORPUS)
    trained = {}
    for name, (model, settings) in RECIPES.items():
        trained[name] = model(sentences=sentences, **settings).wv
        print(
            f"{name}: {len(trained[name])} words; near river:",
            trained[name].most_similar("river")[:3],
        )
    words = pick_words(list(trained.values()))
    for name, vectors in trained.items():
        how = {
            "model": name,
            "parameters": ", ".join(f"{key}={value}" for key, value in RECIPES[name][1].items()),
            "corpus": SOURCE,
            "gensim": gensim.__version__,
        }
        rows = np.stack([vectors[word] for word in words]).astype(np.float16)  # (words, 100)
        save(Path(__file__).with_name(f"words_{name}.h5"), words, rows, how)


if __name__ == "__main__":
    main()
