"""The songs that a command is given, paths or a collection, as a corpus; and what became of each of them."""

from __future__ import annotations

import argparse
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .terminal import say, warn

if TYPE_CHECKING:
    from .corpus.corpus import Corpus

SHOWN = 12  # lines about what was refused


def keep(corpus: Corpus, out: Path, overwrite: bool) -> bool:
    """Save a corpus; False if the folder holds another one, which is not to be overwritten."""
    from .corpus.corpus import Corpus, CorpusError

    def told(c: Corpus) -> tuple[object, ...]:
        return c.digest, c.vocabulary, c.names, c.titles, c.rule, c.report, c.meters, c.upbeats

    if (out / "corpus.npz").exists():
        try:
            if told(Corpus.load(out)) == told(corpus):
                return True
        except CorpusError:
            pass  # a damaged one is another one
        if not overwrite:
            return False
    corpus.save(out)
    return True


def prepared(options: argparse.Namespace) -> Corpus:
    """The songs of some paths, or of a collection if there are none, with a table of what became of them."""
    from .corpus import PARTS, CorpusError, prepare
    from .music.kern import KernWarning

    paths = getattr(options, "paths", [])
    if paths:
        files, refused = _song_files(paths)
    else:
        files, refused = _unpacked(options), {}
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", KernWarning)
            corpus, more = prepare(files, getattr(options, "rule", "event"), getattr(options, "spine", None))
    except CorpusError as error:
        raise CorpusError(f"{', '.join(map(str, paths)) or 'the collection'}: {error}") from None
    warn(*_some([f"warning: {warning.message}" for warning in told]))
    warn(*_by_reason(refused | more))
    rows = corpus.report | {f"in the {part} part": len(corpus.part(part)) for part in PARTS}
    rows |= {"symbols": sum(map(len, corpus.songs)), "different symbols": len(corpus.vocabulary)}
    say(*(f"{name:<50} {count:>9,}" for name, count in rows.items()))
    return corpus


def _unpacked(options: argparse.Namespace) -> list[Path]:
    """The songs of a collection, unpacked where they stay for the next time."""
    from .corpus.collections import unpack
    from .files import songs_folder

    collection = getattr(options, "collection", None) or "erk"
    try:
        folder = options.songs or songs_folder()
        unpacked = unpack(collection, folder, getattr(options, "rhythm", None))
    except OSError as error:
        if not error.filename or isinstance(error, FileNotFoundError):
            raise
        raise RuntimeError(
            f"{error.filename}: {error.strerror}; --songs DIR unpacks the songs somewhere else"
        ) from None
    warn(unpacked.notice, *_some((*unpacked.refused, *unpacked.doubtful)))
    return list(unpacked.files)


def _song_files(paths: Sequence[Path]) -> tuple[list[Path], dict[str, str]]:
    """The files themselves and the songs below folders, by their suffixes, and why others are refused."""
    from .music.formats import SUFFIXES

    files: list[Path] = []
    refused: dict[str, str] = {}
    for path in paths:
        if not path.exists():
            raise ValueError(f"{path}: no such file or folder")
        if not path.is_dir():
            found = [path]
        else:
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
            if not found:
                kinds = ", ".join(SUFFIXES)
                raise ValueError(f"{path}: no song there, which would be {kinds}; {_what_there_is(path)}")
        for file in found:
            if file.is_file():
                files.append(file)
            else:  # a pipe would be waited for, a device read without an end
                refused[str(file)] = f"{file}: {'a folder' if file.is_dir() else 'not a regular file'}"
    if not files:
        raise ValueError(next(iter(refused.values())))
    return files, refused


def _what_there_is(folder: Path) -> str:
    """How many files a folder has of the commonest kinds."""
    kinds = Counter(path.suffix.lower() or "without a suffix" for path in folder.rglob("*") if path.is_file())
    if not kinds:
        return "it is empty"
    return "it holds " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(3))


def _by_reason(refused: Mapping[str, str]) -> Iterator[str]:
    """A line for each reason for which files are refused, with one example and how many more there are."""
    groups: dict[str, list[str]] = {}
    for path, text in refused.items():
        reason = re.sub(r"'[^']*'|\"[^\"]*\"|[0-9]+", "", text.removeprefix(path))
        groups.setdefault(reason, []).append(text)
    lines = []
    for texts in sorted(groups.values(), key=len, reverse=True):
        more = f" (and {len(texts) - 1} more for this reason)" if len(texts) > 1 else ""
        lines.append(f"refused {texts[0]}{more}")
    yield from _some(lines)


def _some(lines: Sequence[str]) -> Iterator[str]:
    """The first lines, and how many more there are."""
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"and {len(lines) - SHOWN} more"
