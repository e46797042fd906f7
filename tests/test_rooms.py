"""Which room imports which: one way only, no circles, and in network/ nothing but NumPy."""

import ast
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import lstm_from_scratch

PACKAGE = Path(lstm_from_scratch.__file__).parent
# Each room knows only those before it; so do files of no room.
ORDER = (
    "__init__ terminal stopping files archive music corpus network gradients model evaluation training "
    "composing paper page classroom experiment doctor given_songs commands cli __main__"
).split()


def names_imported(path, package=PACKAGE):
    """The dotted names that a file imports, wherever in it: in functions and for the type checker too."""
    inside = [package.name, *path.parent.relative_to(package).parts]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = inside[: len(inside) - node.level + 1] if node.level else []
            base = [*base, *(node.module or "").split(".")] if node.module else base
            found |= {".".join([*base, alias.name]) for alias in node.names}
    return found


def files_imported(path, package=PACKAGE):
    """Those of the package's own files that a file imports."""
    found = set()
    for name in names_imported(path, package):
        first, *parts = name.split(".")
        if first != package.name:
            continue
        for end in (len(parts), len(parts) - 1):  # the last part is a module, or a name inside one
            place = package.joinpath(*parts[: max(end, 0)])
            candidates = [place.with_suffix(".py"), place / "__init__.py"]
            existing = [candidate for candidate in candidates if candidate.is_file()]
            if existing:
                found |= set(existing[:1])
                break
    return found - {path, path.parent / "__init__.py"}


@cache
def imports(package=PACKAGE):
    """Each file of the package with the files that it imports."""
    return {path: files_imported(path, package) for path in package.rglob("*.py")}


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_room_has_its_place():
    assert {room(path) for path in PACKAGE.rglob("*.py")} == set(ORDER)


def test_there_is_no_circle():
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(str(path.relative_to(PACKAGE)) for path in error.args[1]))


@pytest.mark.parametrize("name", [name for name in ORDER if name != "__init__"])
def test_a_room_knows_only_those_above_it(name):
    known = set(ORDER[: ORDER.index(name) + 1])
    for path, others in imports().items():
        if room(path) == name:
            against = [str(other.relative_to(PACKAGE)) for other in others if room(other) not in known]
            assert not against, f"{path.relative_to(PACKAGE)} imports {', '.join(against)}"


def test_the_network_is_numpy_alone():
    """And CuPy, in backend.py."""
    for path in (PACKAGE / "network").glob("*.py"):
        allowed = {*sys.stdlib_module_names, "numpy", PACKAGE.name}
        allowed |= {"cupy"} if path.name == "backend.py" else set()
        others = {name.split(".")[0] for name in names_imported(path)} - allowed
        assert not others, f"{path.name} imports {', '.join(others)}"


def test_a_circle_hidden_in_a_function_is_found(tmp_path):
    house = tmp_path / "house"
    (house / "room").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "room/__init__.py": "from .one import x",
        "room/one.py": "from ..two import y\nx = 1",
        "two.py": "def y():\n    from .room import x",
    }.items():
        (house / name).write_text(text)
    with pytest.raises(CycleError) as error:
        TopologicalSorter(imports(house)).prepare()
    assert {path.name for path in error.value.args[1]} >= {"one.py", "two.py"}
