"""Train word vectors on one corpus: python train_words.py CORPUS.txt.xz WORDS.h5 (needs gensim)."""

import lzma
import sys

import h5py
from gensim.models import Word2Vec

corpus, out = sys.argv[1:]
with lzma.open(corpus, "rt", encoding="utf-8") as file:
    sentences = [line.split() for line in file]
model = Word2Vec(
    sentences, vector_size=100, window=5, min_count=20, epochs=3, sg=0, seed=0, workers=1
)
with h5py.File(out, "w") as file:
    file["embeddings"] = model.wv.vectors
    file["ids"] = model.wv.index_to_key
print(out, model.wv.vectors.shape)
