"""What every test may ask for."""

from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    """Tests are small: more threads only get in each other's way."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared():
    """The folder of reference values and real data that some machines have, none need."""
    for folder in ROOT.parents:
        if (folder / "shared" / "oracles" / "values.json").is_file():
            return folder / "shared"
    pytest.skip("no folder `shared` with reference values and real data here")


@pytest.fixture(scope="session")
def sample_data():
    """The embeddings that come with the repository."""
    return ROOT / "sample_data"
