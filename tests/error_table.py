"""Every way an input or a request can be wrong, as a table.

A row is a command, its exit code (2: wrong usage, 3: an input cannot be used), what went wrong,
and the hint about what to do next. The files are those of `badfiles`.
"""

FILES = [
    ("compare missing.npy b.npy", 3, "missing.npy does not exist", None),
    ("compare empty.h5 b.npy", 3, "empty.h5 is empty", None),
    ("compare text.h5 b.npy", 3, "text.h5 is named like hdf5 but does not hold it", None),
    ("compare text.npy b.npy", 3, "text.npy is named like npy but does not hold it", None),
    ("compare text.npz b.npy", 3, "text.npz is named like npz but does not hold it", None),
    (
        "compare text.xyz b.npy",
        3,
        "text.xyz has no known format",
        "`latcomp formats` lists what can be read",
    ),
    ("compare cut.h5 b.npy", 3, "cut.h5 cannot be read as HDF5: the file is truncated", None),
    ("compare cut.npy b.npy", 3, "cut.npy cannot be read as npy: the file is truncated", None),
    ("compare cut.npz b.npy", 3, "cut.npz cannot be read as npz: File is not a zip file", None),
    (
        "compare damaged.npz b.npy",
        3,
        "damaged.npz cannot be read as npz: Bad CRC-32 for file 'embeddings.npy'",
        None,
    ),
    (
        "compare lfs.npy b.npy",
        3,
        "lfs.npy is a Git LFS pointer, not the data it points to",
        "run `git lfs pull`",
    ),
    (
        "compare pickled.npy b.npy",
        3,
        "pickled.npy cannot be read as npy: it holds pickled Python objects, which are"
        " never loaded",
        None,
    ),
    ("inspect missing.npy", 3, "missing.npy does not exist", None),
    ("inspect cut.h5", 3, "cut.h5 cannot be read as HDF5: the file is truncated", None),
    ("anchors select missing.npy -o o.json", 3, "missing.npy does not exist", None),
]

DATASETS = [
    (
        "compare damaged.h5 big.h5",
        3,
        "damaged.h5: rows 0 to 5000 cannot be read: Can't synchronously read data (filter returned"
        " failure during read)",
        None,
    ),
    (
        "compare virtual.h5 b.npy",
        3,
        "virtual.h5::embeddings takes its numbers from other files, gone.h5 first, which are not"
        " read",
        "name those files themselves, or copy the numbers into one file",
    ),
    ("compare links.h5 b.npy", 3, "links.h5 has no 2-D dataset; it holds: nothing", None),
    (
        "compare links.h5::outside b.npy",
        3,
        "links.h5 has no dataset `outside`; it holds: nothing",
        None,
    ),
    ("compare a.npy::x b.npy", 3, "a.npy has no dataset `x`; it holds: (40, 4)", None),
    ("compare folder b.npy", 3, "folder is a folder without files to read", None),
    ("compare flat.h5 b.npy", 3, "flat.h5 has no 2-D dataset; it holds: v (4), w (1, 40, 4)", None),
    ("compare nothing.h5 b.npy", 3, "nothing.h5 has no 2-D dataset; it holds: nothing", None),
    (
        "compare several.h5 b.npy",
        3,
        "several.h5 holds several 2-D datasets: layer1 (40, 4), layer2 (40, 2)",
        "name one, as in `several.h5::layer1`",
    ),
    (
        "compare several.h5::layer3 b.npy",
        3,
        "several.h5 has no dataset `layer3`; it holds: layer1 (40, 4), layer2 (40, 2)",
        None,
    ),
    ("compare one.npy b.npy", 3, "one.npy has 1 dimensions (4,); 2 are needed", None),
    ("compare three.npy b.npy", 3, "three.npy has 3 dimensions (1, 40, 4); 2 are needed", None),
    ("compare norows.npy b.npy", 3, "norows.npy is empty: its shape is (0, 4)", None),
    ("compare words.npy b.npy", 3, "words.npy holds str32; numbers were expected", None),
    ("compare complex.npy b.npy", 3, "complex.npy holds complex64; numbers were expected", None),
]

ROWS = [
    (
        "compare nan.npy b.npy",
        3,
        "nan.npy: rows 3, 5 hold NaN or Inf",
        "--skip-invalid leaves such rows out",
    ),
    (
        "compare b.npy nan.npy",
        3,
        "nan.npy: rows 3, 5 hold NaN or Inf",
        "--skip-invalid leaves such rows out",
    ),
    (
        "compare zeros.npy b.npy",
        3,
        "zeros.npy: row 7 holds only zeros",
        "--skip-invalid leaves such rows out",
    ),
    ("compare allnan.npy b.npy", 3, "allnan.npy: all 40 rows hold NaN, Inf or only zeros", None),
    (
        "compare allnan.npy b.npy --skip-invalid",
        3,
        "allnan.npy: all 40 rows hold NaN, Inf or only zeros",
        None,
    ),
    (
        "compare equal.npy b.npy",
        3,
        "equal.npy: all rows are equal, so there is nothing to compare",
        None,
    ),
    (
        "compare equal.npy b.npy --skip-invalid",
        3,
        "equal.npy: all rows are equal, so there is nothing to compare",
        None,
    ),
    (
        "compare a.npy short.npy",
        3,
        "a.npy has 40 rows and short.npy has 30, so they do not match by position",
        "store ids beside the embeddings of both, or give them with --ids",
    ),
    (
        "anchors select nan.npy -n 5 -o o.json",
        3,
        "nan.npy: rows 3, 5 hold NaN or Inf",
        "--skip-invalid leaves such rows out",
    ),
]

IDENTITY = [
    (
        "compare a.h5 other.h5",
        3,
        "a.h5 and other.h5 have no ids in common: 'w0', 'w1', 'w2', 'w3', 'w4' and 35 "
        "more against 'z0', 'z1', 'z2', 'z3', 'z4' and 35 more",
        None,
    ),
    (
        "compare a.h5 dup.h5",
        3,
        "dup.h5 has duplicate ids: 'w3'",
        "--match position ignores ids, if both files are in the same order",
    ),
    ("compare a.npy b.npy --match id", 3, "a.npy has no ids to match by", None),
    ("compare a.h5 b.npy --match id", 3, "b.npy has no ids to match by", None),
    (
        "compare a.npy b.npy --match name",
        2,
        "rows match by auto, id or position, found 'name'",
        None,
    ),
    ("compare a.npy b.npy --ids two.txt", 3, "2 ids were given for the 40 rows of a.npy", None),
]

ANCHORS = [
    (
        "compare a.npy b.npy",
        3,
        "300 anchors were asked for, and 40 items are known in both spaces",
        "use --anchors 40 or fewer",
    ),
    (
        "compare a.npy b.npy --anchors 41",
        3,
        "41 anchors were asked for, and 40 items are known in both spaces",
        "use --anchors 40 or fewer",
    ),
    (
        "compare a.npy b.npy --anchors 0",
        2,
        "at least 1 anchor and 1 seed are needed, found 0 and 10",
        None,
    ),
    (
        "compare a.npy b.npy --anchors -3",
        2,
        "at least 1 anchor and 1 seed are needed, found -3 and 10",
        None,
    ),
    (
        "compare a.npy b.npy --anchors gone.json",
        3,
        "gone.json is neither a number of anchors nor a file",
        "give a number from 1 on, or a file made with `latcomp anchors select`",
    ),
    (
        "compare a.npy b.npy --anchors text.json",
        3,
        "text.json is not an anchors file",
        "make one with `latcomp anchors select`",
    ),
    (
        "compare a.npy b.npy --anchors list.json",
        3,
        "list.json is not an anchors file",
        "make one with `latcomp anchors select`",
    ),
    (
        "compare a.npy b.npy --anchors schema.json",
        3,
        "schema.json has schema 'latcomp/report/1'; 'latcomp/anchors/1' was expected",
        None,
    ),
    (
        "compare a.npy b.npy --anchors anchors_rows.json",
        3,
        "anchors_rows.json names its anchors by row number, in other data than these (old.npy)",
        "select anchors anew, or store ids beside the embeddings",
    ),
    (
        "compare a.npy b.npy --anchors anchors_ids.json",
        3,
        "anchors_ids.json names its anchors by row number, in other data than these (old.npy)",
        "select anchors anew, or store ids beside the embeddings",
    ),
    (
        "compare a.h5 b.h5 --anchors anchors_ids.json",
        3,
        "anchors_ids.json: 2 of 3 anchors are not among the matched items, 'q1' first",
        "select anchors anew from these data",
    ),
    (
        "compare a.h5 b.h5 --anchors anchors_norows.json",
        3,
        "anchors_norows.json is not an anchors file",
        "make one with `latcomp anchors select`",
    ),
    (
        "compare a.h5 b.h5 --anchors anchors_letters.json",
        3,
        "anchors_letters.json is not an anchors file",
        "make one with `latcomp anchors select`",
    ),
    (
        "compare a.h5 b.h5 --anchors anchors_nosource.json",
        3,
        "anchors_nosource.json is not an anchors file",
        "make one with `latcomp anchors select`",
    ),
    (
        "anchors select a.npy -n 0 -o o.json",
        2,
        "at least 1 anchor and 1 seed are needed, found 0 and 1",
        None,
    ),
    (
        "anchors select a.npy -n 50 -o o.json",
        3,
        "50 anchors were asked for, and 40 items are known",
        "use --anchors 40 or fewer",
    ),
    (
        "anchors select a.npy -n 5 --strategy farhtest -o o.json",
        2,
        "unknown strategy 'farhtest'",
        "did you mean farthest or first?",
    ),
    (
        "anchors select a.npy -n 5 --seed -1 --strategy kmeans -o o.json",
        2,
        "seeds run from 0 to 4294967295, found -1",
        None,
    ),
    (
        "anchors select a.npy -n 5 -o gone/o.json",
        3,
        "gone/o.json cannot be written: there is no folder gone",
        None,
    ),
    (
        "anchors select a.npy -n 5 -o folder",
        3,
        "folder is a folder; the name of a file was expected",
        None,
    ),
]

OPTIONS = [
    ("compare a.npy b.npy --anchors 10 --k 0", 2, "k must be at least 1, found 0", None),
    ("compare a.npy b.npy --anchors 10 --k -1", 2, "k must be at least 1, found -1", None),
    (
        "compare a.npy b.npy --anchors 10 --k 40",
        3,
        "k = 40 needs more items than the 40 that match",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --seed -1",
        2,
        "seeds run from 0 to 4294967295, found -1",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --seed 99999999999999999999",
        2,
        "seeds run from 0 to 4294967295, found 99999999999999999999",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --seeds 0",
        2,
        "at least 1 anchor and 1 seed are needed, found 10 and 0",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --queries 0",
        2,
        "queries must be a positive number or 'all', found 0",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --queries some",
        2,
        "queries must be a positive number or 'all', found 'some'",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --queries -5",
        2,
        "queries must be a positive number or 'all', found -5",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --measures jacard",
        2,
        "unknown measure 'jacard'",
        "did you mean jaccard or knn-jaccard or query-jaccard?",
    ),
    (
        "compare a.npy b.npy --anchors 10 --measures ''",
        2,
        "no measure was asked for",
        "`latcomp measures` lists them",
    ),
    (
        "compare a.npy b.npy --anchors 10 --measures jaccard@0",
        2,
        "k must be at least 1, found 0",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --measures cka@5",
        2,
        "cka looks at no neighbours, so it takes no @5",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --measures jaccard@99",
        3,
        "k = 99 needs more items than the 40 that match",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --measures jaccard@@5",
        2,
        "cannot read 'jaccard@@5'",
        "write name, name@10 or name(option=value)",
    ),
    (
        "compare a.npy b.npy --anchors 10 --strategy unifrom",
        2,
        "unknown strategy 'unifrom'",
        "did you mean uniform?",
    ),
    (
        "compare a.npy b.npy --anchors 10 --device gpu",
        2,
        "unknown device 'gpu'",
        "use auto, cpu or cuda",
    ),
    (
        "compare a.npy b.npy --anchors 10 --device mps",
        2,
        "device 'mps' has no float64 arithmetic",
        "use auto, cpu or cuda",
    ),
    (
        "compare a.npy b.npy --anchors 10 --require mrr",
        2,
        "cannot read the requirement 'mrr'",
        "write `mrr>=0.9` or `relative.jaccard@10[a->b]>=0.3`",
    ),
    (
        "compare a.npy b.npy --anchors 10 --require 'mrr>=high'",
        2,
        "cannot read the requirement 'mrr>=high'",
        "write `mrr>=0.9` or `relative.jaccard@10[a->b]>=0.3`",
    ),
    (
        "compare a.npy b.npy --anchors 10 --require 'absolute.mrr[c->d]>=0.1'",
        2,
        "cannot read the requirement 'absolute.mrr[c->d]>=0.1'",
        "write `mrr>=0.9` or `relative.jaccard@10[a->b]>=0.3`",
    ),
    (
        "compare a.npy b.npy --anchors 10 --json gone/r.json",
        3,
        "gone/r.json cannot be written: there is no folder gone",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --json folder",
        3,
        "folder is a folder; the name of a file was expected",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --json a.npy/r.json",
        3,
        "a.npy/r.json cannot be written: there is no folder a.npy",
        None,
    ),
]

QUERIES = [
    (
        "compare a.npy b.npy --anchors 10 --query-file a.npy missing.npy",
        3,
        "missing.npy does not exist",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --query-file narrow.npy b.npy",
        3,
        "narrow.npy has 3 dimensions and a.npy has 4",
        "the first query file is of the model of A, the second of the model of B",
    ),
    (
        "compare a.npy b.npy --anchors 10 --query-file a.npy narrow.npy",
        3,
        "narrow.npy has 3 dimensions and b.npy has 4",
        "the first query file is of the model of A, the second of the model of B",
    ),
    (
        "compare a.npy b.npy --anchors 10 --query-file a.npy short.npy",
        3,
        "a.npy has 40 rows and short.npy has 30, so they do not match by position",
        "store ids beside the embeddings of both, or give them with --ids",
    ),
    (
        "compare a.h5 b.h5 --anchors 10 --match id --query-file a.h5 short.npy",
        3,
        "short.npy has no ids to match by",
        None,
    ),
    (
        "compare a.h5 b.h5 --anchors 10 --query-file a.h5 other.h5",
        3,
        "a.h5 and other.h5 have no ids in common: 'w0', 'w1', 'w2', 'w3', 'w4' and 35 more "
        "against 'z0', 'z1', 'z2', 'z3', 'z4' and 35 more",
        None,
    ),
    (
        "compare a.npy b.npy --anchors 10 --query-file a.npy zeros.npy",
        3,
        "zeros.npy: row 7 holds only zeros",
        "--skip-invalid leaves such rows out",
    ),
    (
        "compare a.npy b.npy --anchors 10 --query-file short.npy short.npy --json short.npy",
        2,
        "short.npy is read, so it cannot be written too",
        "name another file",
    ),
]

REPORTS = [
    ("show missing.json", 3, "missing.json cannot be read: No such file or directory", None),
    ("show folder", 3, "folder cannot be read: Is a directory", None),
    ("show a.npy", 3, "a.npy cannot be read: it is not text", None),
    (
        "show text.json",
        3,
        "text.json cannot be read: it is not a latcomp document",
        "write one with `latcomp compare A B --json FILE`",
    ),
    (
        "show list.json",
        3,
        "list.json cannot be read: it is not a latcomp document",
        "write one with `latcomp compare A B --json FILE`",
    ),
    (
        "show schema.json",
        3,
        "schema.json cannot be read: no valid latcomp report: 'inputs' is a required property",
        None,
    ),
    (
        "show anchors_rows.json",
        3,
        "anchors_rows.json cannot be read: its schema, 'latcomp/anchors/1', is none that can be "
        "shown",
        "known: latcomp/anchors-check/1, latcomp/matrix/1, latcomp/migration/1, latcomp/report/1, "
        "latcomp/stitch/1, latcomp/sweep/1, latcomp/track/1, latcomp/translation/1",
    ),
]

WRITING = [
    (
        f"{command} a.npy",
        2,
        "a.npy is read, so it cannot be written too",
        "name another file",
    )
    for command in (
        "compare a.npy b.npy --anchors 10 --json",
        "anchors select a.npy -n 3 -o",
        "relate a.npy --anchors 10 -o",
        "convert a.npy",
    )
] + [
    (
        f"{command} --seed -1",
        2,
        "seeds run from 0 to 4294967295, found -1",
        None,
    )
    for command in (
        "relate a.npy --anchors 10 -o x.h5",
        "anchors sweep a.npy b.npy --counts 5 --strategies kmeans",
        "anchors check a.npy b.npy --anchors 5",
    )
]

MAKE_MAP = "make one with `latcomp translate fit A B -o map.h5`"

TRANSLATING = [
    ("translate apply gone.h5 a.npy -o y.h5", 3, "there is no map gone.h5", MAKE_MAP),
    (
        "translate apply text.h5 a.npy -o y.h5",
        3,
        "text.h5 is not a map: it cannot be read as HDF5",
        MAKE_MAP,
    ),
    (
        "translate apply several.h5 a.npy -o y.h5",
        3,
        "several.h5 is not a map: it has no schema, not 'latcomp/map/1'",
        MAKE_MAP,
    ),
    (
        "translate apply several.h5 a.npy -o y.xyz",
        2,
        "y.xyz has an ending that is not written",
        "name it with one of .h5, .hdf5, .hdf, .npy, .parquet, .pq, .safetensors",
    ),
    (
        "translate fit a.npy b.npy -o map.npy",
        2,
        "map.npy must end in .h5: a map is kept as HDF5",
        None,
    ),
    (
        "translate fit a.npy b.npy --method orto",
        2,
        "unknown translation method 'orto'",
        "did you mean ortho or l-ortho?",
    ),
    (
        "translate fit a.npy b.npy --method ridge(alpha=-1)",
        2,
        "ridge: alpha is at least 0, found -1",
        None,
    ),
    (
        "translate fit a.npy b.npy --method unsupervised(clusters=30)",
        3,
        "40 rows of a cannot fall into 30 clusters",
        "write unsupervised(clusters=N) with a smaller N",
    ),
    (
        "translate fit a.npy short.npy",
        3,
        "a.npy has 40 rows and short.npy has 30, so they do not match by position",
        "store ids beside the embeddings of both, or give them with --ids",
    ),
    (
        "migrate a.npy b.npy --queries-new three.npy",
        3,
        "three.npy has 3 dimensions (1, 40, 4); 2 are needed",
        None,
    ),
]

MATRICES = [
    (
        "matrix a.npy",
        2,
        "a matrix needs at least two spaces, found 1",
        "name several files, or datasets by a pattern, as in `run.h5::layer*`",
    ),
    ("matrix a.npy a.npy", 2, "a.npy was named twice", "name every space once"),
    (
        "matrix several.h5::x* a.npy",
        3,
        "several.h5 has no dataset like `x*`; it holds: layer1 (40, 4), layer2 (40, 2)",
        None,
    ),
    (
        "matrix a.npy b.npy short.npy",
        3,
        "a.npy has 40 rows and short.npy has 30, so they do not match by position",
        "store ids beside the embeddings of both, or give them with --ids",
    ),
    (
        "matrix a.h5 b.h5 other.h5",
        3,
        "other.h5 has no ids in common with the spaces before it: "
        "'z0', 'z1', 'z2', 'z3', 'z4' and 35 more against "
        "'w0', 'w1', 'w2', 'w3', 'w4' and 35 more",
        None,
    ),
    ("matrix a.npy b.npy --match id", 3, "a.npy has no ids to match by", None),
    (
        "matrix a.npy b.npy --strategy aligned --anchors 5",
        2,
        "aligned looks at two spaces, and a matrix has one set of anchors for all",
        "use another strategy, or choose anchors with `latcomp anchors select`",
    ),
    (
        "matrix a.npy b.npy --anchors pairs.csv",
        2,
        "pairs.csv pairs ids of two spaces, and a matrix has one set of anchors for all",
        "give one id a line, in a .txt file",
    ),
    (
        "matrix a.npy b.npy --show nothing",
        2,
        "no measure 'nothing' was scored",
        "known: jaccard@10, mrr@10, cosine, hit@1, mutual-knn@10, cka",
    ),
    (
        "matrix a.npy b.npy --require min(mrr)",
        2,
        "cannot read the requirement 'min(mrr)'",
        "write `min(mrr)>=0.8`, `mean(absolute.cka)>0.5` or `mrr[layer1->layer2]>=0.9`",
    ),
    ("matrix a.npy b.npy --plot m.gif", 2, "m.gif must end in .png or .svg", None),
    (
        "matrix a.npy b.npy --json a.npy",
        2,
        "a.npy is read, so it cannot be written too",
        "name another file",
    ),
    (
        "show matrix.json",
        3,
        "matrix.json cannot be read: no valid latcomp matrix: 'spaces' is a required property",
        None,
    ),
]

STITCHING = [
    ("stitch a.npy", 2, "2 to 26 spaces can be stitched, found 1", None),
    (
        "stitch a.npy b.npy",
        3,
        "the files hold no labels for a head to learn",
        "give them with --labels, or numbers to predict with --targets",
    ),
    (
        "stitch a.npy b.npy --targets a.npy --anchors 300",
        3,
        "300 anchors were asked for, and 32 items can be anchors: held out items never are",
        "use --anchors 32 or fewer",
    ),
    (
        "stitch a.npy b.npy --targets a.npy --through orto",
        2,
        "unknown way to stitch 'orto'",
        "did you mean ortho or l-ortho?",
    ),
    (
        "stitch a.npy b.npy --targets a.npy --test 0",
        2,
        "the share held out lies between 0 and 1, found 0",
        None,
    ),
    ("stitch a.npy b.npy --targets gone.npy", 3, "gone.npy does not exist", None),
    (
        "stitch a.npy b.npy --require 'accuracy=1'",
        2,
        "cannot read the requirement 'accuracy=1'",
        "write `accuracy>=0.8` or `ortho.accuracy[a->b]>=0.8`",
    ),
    (
        "compare a.npy b.npy --anchors 9 --similarity cosine(bin=inf)",
        2,
        "bin needs a number, found 'inf'",
        "write bin=0.1",
    ),
    (
        "compare a.npy b.npy --anchors 9 --measures imd(neighbours=0)",
        2,
        "imd: neighbours is from 1 to one less than items, found 0",
        None,
    ),
    (
        "migrate a.npy b.npy --threshold 0.9",
        2,
        "cannot read the threshold '0.9'",
        "write recall=0.9",
    ),
    (
        "track a.h5 b.h5::layer*",
        3,
        "b.h5 has no dataset like `layer*`; it holds: embeddings (40, 4), ids (40)",
        None,
    ),
    (
        "track a.npy b.npy --anchors 9 --scores gone.csv",
        3,
        "gone.csv cannot be read: No such file or directory",
        None,
    ),
    (
        "track a.npy b.npy --anchors 9 --columns nme=file",
        2,
        "cannot read the columns 'nme=file'",
        "write name=..., score=..., run=..., epoch=...",
    ),
    (
        "track a.npy b.npy --require 'within.cosine>=0'",
        2,
        "cannot read the requirement 'within.cosine>=0'",
        "write `cosine>=0.8`, `cka[layer3]>=0.5` or `within-run.cka>=0`",
    ),
]

TABLE = [
    *(TRANSLATING + MATRICES + STITCHING + FILES + DATASETS + ROWS),
    *(IDENTITY + ANCHORS + OPTIONS + QUERIES + REPORTS + WRITING),
]
