"""The least that any search by meaning does from a cold shell: load an exported encoder, encode one question.

``python -m benchmarks.bare FOLDER TEXT``, where FOLDER is a version of an index. Nothing of rca-search is
imported and nothing is verified, so what is beyond this is what rca-search adds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


def main() -> None:
    """Print the length of the vector."""
    folder, text = Path(sys.argv[1]), sys.argv[2]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    described = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
    tokenizer.enable_truncation(max_length=described["window"])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    encoding = tokenizer.encode(text)
    feed = {
        "input_ids": encoding.ids,
        "attention_mask": encoding.attention_mask,
        "token_type_ids": encoding.type_ids,
    }
    arrays = {name: np.asarray([feed[name]], dtype=np.int64) for name in described["inputs"]}
    sys.stdout.write(f"{len(session.run(['pooled'], arrays)[0][0])}\n")


if __name__ == "__main__":
    main()
