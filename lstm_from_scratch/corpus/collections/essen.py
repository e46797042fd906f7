"""The Essen folk songs: which ABC files hold which region, and the terms they come under."""

from __future__ import annotations

from .source import Source

_FAMILIES = {
    "erk": ("erk5", "erk10", "erk20", "erk30"),
    "altdeu": ("altdeu10", "altdeu20"),
    "ballad": tuple(f"ballad{n}0" for n in range(1, 9)),
    "boehme": ("boehme10", "boehme20"),
    "dva": ("dva0",),
    "fink": ("fink0",),
    "kinder": ("kinder0",),
    "test": ("test0", "test1", "testd", "teste"),
    "variant": ("variant0",),
    "zuccal": ("zuccal0",),
    "haydn": ("folkHaydn",),
    "han": ("han1", "han2"),
    "irl": ("irl",),
    "lot": ("lot",),
    "lux": ("lux",),
}
_GERMAN = "erk altdeu ballad boehme dva fink kinder test variant zuccal".split()

ESSEN = Source(
    name="essen",
    folder="essenFolksong",
    collections=_FAMILIES
    | {
        "deutschl": tuple(file for family in _GERMAN for file in _FAMILIES[family]),
        "lotlux": _FAMILIES["lot"] + _FAMILIES["lux"],
        "all": tuple(file for files in _FAMILIES.values() for file in files),
    },
    notice=(
        "Essen Folksong Collection (Helmut Schaffrath, Ewa Dahlig-Turek; ABC by Seymour Shlien), "
        "from music21: for non-commercial use"
    ),
    terms="""\
The songs in this folder are the Essen Folksong Collection as it is distributed inside the music21 package
(corpus/essenFolksong, whose license.txt is the authority), rewritten as **kern on this machine.

- "The legal status of the Essen folksong database is unclear, as the data has been input by many people."
- The original encoding was supervised by Helmut Schaffrath. Prof. Dr. Ewa Dahlig-Turek, who took the project
  over, "has given permission for non-commercial distribution and use of these files in music21".
- The ABC encodings were made by Seymour Shlien and are distributed with music21 by his permission.

So use them for non-commercial purposes only. Never commit them, weights trained on them or their notation.
""",
)
