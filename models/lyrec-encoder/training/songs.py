"""Songs of CSV files, and what listeners say about them."""

import csv
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

csv.field_size_limit(1 << 30)


@dataclass(frozen=True)
class Song:
    """Lyrics as the encoder reads them, and three texts about them: a summary, a long and a short request."""

    lyrics: str
    descriptions: tuple[str, str, str]


def distinct_lines(lyrics: str) -> str:
    """Every line once, as src/reading/lines.ts does: a chorus sung six times says no more than one sung once."""
    seen, kept = set(), []
    for line in unicodedata.normalize("NFC", lyrics).splitlines():
        key = re.sub(r"[^\w ]|_", "", line.lower()).strip()
        if key and key not in seen:
            seen.add(key)
            kept.append(line.strip())
    return "\n".join(kept)


def read_songs(csv_files: list[Path], descriptions: Path) -> list[Song]:
    """The songs of all files that are described, in the order of the descriptions."""
    lyrics = {}
    for file in csv_files:
        with open(file, newline="", encoding="utf-8-sig") as rows:
            for row in csv.DictReader(rows):
                lyrics[row["artist"].strip(), row["song"].strip()] = row["text"]
    songs = []
    for line in descriptions.read_text(encoding="utf-8").splitlines():
        about = json.loads(line)
        text = lyrics.get((about["artist"], about["title"]))
        if text:
            songs.append(Song(distinct_lines(text), tuple(about["descriptions"])))
    return songs
