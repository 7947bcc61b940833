"""The other side of encoder.js: prints how many texts a second sentence-transformers embeds.

    python encoder.py MODEL TEXTS.json WARM_UP
"""

import json
import sys
import time

from sentence_transformers import SentenceTransformer

name, file, warm_up = sys.argv[1:]
with open(file, encoding="utf-8") as handle:
    texts = json.load(handle)
model = SentenceTransformer(name, device="cpu")
model.encode(texts[: int(warm_up)])
rest = texts[int(warm_up) :]
started = time.perf_counter()
model.encode(rest, batch_size=32, normalize_embeddings=True)
print(len(rest) / (time.perf_counter() - started))
