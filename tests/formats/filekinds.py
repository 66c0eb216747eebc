"""The same embeddings written in every format, by the library that people write it with."""

import csv
import gzip
import json
import struct

import faiss
import h5py
import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import safetensors.torch
import torch
import usearch.index
import zarr

ROWS, WIDTH = 40, 6
VECTORS = np.random.default_rng(7).standard_normal((ROWS, WIDTH)).astype(np.float32)
IDS = [f"item {i}" if i % 7 == 3 else f"ï{i}" for i in range(ROWS)]
KEYS = [str(3 * i + 1) for i in range(ROWS)]
"""Ids for formats that have numbers for them."""

KINDS = {}


def kind(name, ids=IDS):
    def add(write):
        KINDS[name] = (write, ids)
        return write

    return add


@kind("a.h5")
def hdf5(path):
    with h5py.File(path, "w") as file:
        file["embeddings"] = VECTORS
        file["ids"] = IDS


@kind("group.hdf5")
def hdf5_group(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("run/layer4/features", data=VECTORS, chunks=(7, 6), compression="gzip")
        file["run/layer4/names"] = np.array([one.encode() for one in IDS])


@kind("per_item.h5", sorted(KEYS))
def hdf5_per_item(path):
    with h5py.File(path, "w") as file:
        for place, key in enumerate(KEYS):
            file[key] = VECTORS[sorted(KEYS).index(key)]
            assert place < ROWS


@kind("index.h5", IDS)
def hdf5_original_id(path):
    with h5py.File(path, "w") as file:
        for place, name in enumerate(IDS):
            file[f"{place:04d}"] = VECTORS[place]
            file[f"{place:04d}"].attrs["original_id"] = name


@kind("cells.h5ad")
def anndata(path):
    with h5py.File(path, "w") as file:
        file["X"] = np.zeros((ROWS, 9), np.float32)
        file["obsm/X_pca"] = VECTORS
        file["obs/barcode"] = IDS
        file["obs"].attrs["_index"] = "barcode"


@kind("ann.hdf5", None)
def ann_benchmarks(path):
    with h5py.File(path, "w") as file:
        file["train"] = VECTORS
        file["test"] = VECTORS[:5]
        file["neighbors"] = np.zeros((5, 10), np.int32)
        file["distances"] = np.zeros((5, 10), np.float32)


@kind("a.npy", None)
def npy(path):
    np.save(path, VECTORS)


@kind("a.npz")
def npz(path):
    np.savez(path, vectors=VECTORS, keys=np.array(IDS))


@kind("packed.npz")
def npz_packed(path):
    np.savez_compressed(path, emb=np.asfortranarray(VECTORS), words=np.array(IDS))


@kind("a.safetensors", KEYS)
def safe(path):
    tensors = {"embeddings": torch.from_numpy(VECTORS), "ids": torch.tensor([*map(int, KEYS)])}
    safetensors.torch.save_file({**tensors, "bias": torch.zeros(3)}, path)


@kind("a.pt", None)
def torch_tensor(path):
    torch.save(torch.from_numpy(VECTORS), path)


@kind("dict.pth")
def torch_dict(path):
    torch.save({"model": {"embeddings": torch.from_numpy(VECTORS), "ids": IDS}, "step": 3}, path)


@kind("vectors.pt")
def torch_per_item(path):
    torch.save({one: torch.from_numpy(row.copy()) for one, row in pairs()}, path)


@kind("batches.pt", None)
def torch_batches(path):
    torch.save([torch.from_numpy(VECTORS[:25]), torch.from_numpy(VECTORS[25:])], path)


@kind("index.csv")
def pandas_index(path):
    """As pandas writes a frame, its index first and without a name."""
    lines = [f"{one},{','.join(map(str, row.tolist()))}" for one, row in pairs()]
    path.write_text("\n".join([",0,1,2,3,4,5", *lines, ""]), encoding="utf-8")


@kind("windows.csv")
def windows(path):
    """Semicolons, lines that end as on Windows, and a mark before the text."""
    lines = [f"{one};{';'.join(map(str, row.tolist()))}" for one, row in pairs()]
    text = "\r\n".join(["id;d0;d1;d2;d3;d4;d5", *lines, ""])
    path.write_bytes(text.encode("utf-8-sig"))


@kind("bare.txt", None)
def savetxt(path):
    np.savetxt(path, VECTORS)


@kind("old.pt", None)
def torch_old(path):
    torch.save(torch.from_numpy(VECTORS), path, _use_new_zipfile_serialization=False)


def lists():
    return pa.table({"name": IDS, "vector": [row.tolist() for row in VECTORS]}).cast(
        pa.schema([("name", pa.string()), ("vector", pa.list_(pa.float32()))])
    )


@kind("lists.parquet")
def parquet(path):
    pyarrow.parquet.write_table(lists(), path, row_group_size=11)


@kind("columns.parquet")
def parquet_columns(path):
    columns = {f"dim_{i}": VECTORS[:, i] for i in range(WIDTH)}
    pyarrow.parquet.write_table(pa.table({**columns, "item_id": IDS, "age": range(ROWS)}), path)


@kind("fixed.feather")
def feather(path):
    fixed = pa.FixedSizeListArray.from_arrays(pa.array(VECTORS.ravel()), WIDTH)
    pyarrow.feather.write_feather(pa.table({"id": IDS, "emb": fixed}), path, chunksize=9)


@kind("stream.arrow")
def arrow_stream(path):
    with pa.ipc.new_stream(path, lists().schema) as writer:
        writer.write_table(lists(), max_chunksize=13)


@kind("words.vec", [one.replace(" ", "_") for one in IDS])
def words(path):
    lines = [f"{one.replace(' ', '_')} {' '.join(map(str, row))} " for one, row in pairs()]
    path.write_text("\n".join([f"{ROWS} {WIDTH}", *lines, ""]), encoding="utf-8")


@kind("glove.txt")
def glove(path):
    """Without a header, and with words that hold spaces."""
    path.write_text("".join(f"{one} {' '.join(map(str, row))}\n" for one, row in pairs()))


@kind("glove.txt.gz")
def glove_packed(path):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{one} {' '.join(map(str, row))}\n" for one, row in pairs())


@kind("words.bin", [one.replace(" ", "_") for one in IDS])
def word2vec(path):
    rows = [f"{one.replace(' ', '_')} ".encode() + row.tobytes() + b"\n" for one, row in pairs()]
    path.write_bytes(f"{ROWS} {WIDTH}\n".encode() + b"".join(rows))


@kind("a.fvecs", None)
def fvecs(path):
    path.write_bytes(b"".join(struct.pack("<i", WIDTH) + row.tobytes() for row in VECTORS))


@kind("a.fbin", None)
def fbin(path):
    path.write_bytes(struct.pack("<II", ROWS, WIDTH) + VECTORS.tobytes())


@kind("a.jsonl")
def jsonl(path):
    lines = [{"id": one, "text": "t", "embedding": row.tolist()} for one, row in pairs()]
    path.write_text("\n".join(map(json.dumps, lines)))


@kind("openai.jsonl")
def openai(path):
    lines = [
        {"id": "b", "custom_id": one, "error": None, "response": {"status_code": 200, "body": {
            "data": [{"object": "embedding", "index": 0, "embedding": row.tolist()}]}}}
        for one, row in pairs()
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, lines)))


@kind("a.csv")
def delimited(path):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *range(WIDTH), "note"])
        writer.writerows([one, *row.tolist(), "a,\nb"] for one, row in pairs())


@kind("lists.tsv")
def tabbed(path):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["name", "vector"])
        writer.writerows([one, str(row.tolist())] for one, row in pairs())


@kind("bare.csv")
def headless(path):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([one, *row.tolist()] for one, row in pairs())


@kind("flat.faiss", None)
def flat(path):
    index = faiss.IndexFlatIP(WIDTH)
    index.add(VECTORS)
    faiss.write_index(index, str(path))


@kind("mapped.index", KEYS)
def mapped(path):
    index = faiss.IndexIDMap2(faiss.IndexFlatL2(WIDTH))
    index.add_with_ids(VECTORS, np.array(KEYS, dtype=np.int64))
    faiss.write_index(index, str(path))


@kind("hnsw.faiss", None)
def graph(path):
    index = faiss.IndexHNSWFlat(WIDTH, 8)
    index.add(VECTORS)
    faiss.write_index(index, str(path))


@kind("a.usearch", KEYS)
def usearch_index(path):
    index = usearch.index.Index(ndim=WIDTH, metric="cos", dtype="f32")
    index.add(np.array(KEYS, dtype=np.uint64), VECTORS, threads=1)
    index.save(str(path))


def _zarr(store, version):
    root = zarr.open_group(store, mode="w", zarr_format=version)
    root.create_array("layer/embeddings", data=VECTORS, chunks=(9, WIDTH))
    root.create_array("layer/ids", data=np.array(IDS))


@kind("two.zarr")
def zarr_2(path):
    _zarr(path, 2)


@kind("three.zarr")
def zarr_3(path):
    _zarr(path, 3)


@kind("three.zarr.zip")
def zarr_zipped(path):
    store = zarr.storage.ZipStore(path, mode="w")
    _zarr(store, 3)
    store.close()


@kind("shards", None)
def folder(path):
    path.mkdir()
    for number, start in enumerate(range(0, ROWS, 4)):
        np.save(path / f"emb_{number}.npy", VECTORS[start : start + 4])


def pairs():
    return zip(IDS, VECTORS, strict=True)


def write(name, folder):
    """Write the kind ``name`` into a folder, and return its path."""
    KINDS[name][0](folder / name)
    return folder / name
