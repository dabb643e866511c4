"""YAML with a memory of its lines, so that a message can name the line of a wrong value.

Only plain YAML is read: mappings with names as keys, lists, texts, numbers, dates, true and false. One pass over the
text finds all that is beyond it, before anything is built from it.
"""

import re
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from smmlib.errors import SmmlibError
from smmlib.plain_text import ACTING, NOT_UTF8, is_utf8, visible
from smmlib.trial.present import present
from smmlib.trial.regular_file import UnusableFileError, open_regular

LARGEST = 1_000_000  # bytes; the bundled studies have some ten thousand
DEEPEST = 20  # the model itself has six levels
LONGEST_NUMBER = 100  # characters; PyYAML takes minutes for a sexagesimal number that fills a file
MOST_PROBLEMS = 100
NO_VALUE = "is no date or number that exists: quote it if it is text."
UTF_16_OR_32 = re.compile(rb"\xff\xfe|\xfe\xff|\0|.\0", re.DOTALL)
LINE_BREAK = re.compile("\r\n|[\r\n]")
DECIMAL = re.compile(r"[-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
"""A number as everybody reads it; 1:30, 012, 0x1F and 1_000 are numbers of YAML 1.1 too, and few know which."""
TRUE_OR_FALSE = ("true", "false")
CORE_TAG = "tag:yaml.org,2002:"
WHAT_A_KEY_IS_READ_AS = {
    "bool": "true or false",
    "float": "a number",
    "int": "a number",
    "null": "nothing",
    "timestamp": "a date",
    "value": "a sign of YAML",
}

Place = tuple[str | int | None, ...]
"""Keys and indices; None where a list or a mapping stands as a key."""


class ParametersError(SmmlibError):
    """A parameters file that cannot be used.

    Parameters
    ----------
    *problems : str
        Each is told on a line of its own.
    """

    def __str__(self) -> str:
        return "\n".join(map(visible, self.args))


def read_yaml(path: Path) -> "tuple[Any, Places]":
    """Content of a YAML file, and where in the file each value stands.

    Parameters
    ----------
    path : Path

    Returns
    -------
    content : dict
    places : Places

    Raises
    ------
    ParametersError
        If the file is missing, not a file, over 1 MB, not in UTF-8, not YAML or not a mapping; holds control
        characters, an anchor, an alias, a tag, a merge key, a key twice, a key that is not text, a date or number that
        does not exist or that is written as few would read it, yes, no, on or off, or a second document; or nests
        deeper than 20 levels. All of these that are found are told.
    """
    scan = _Scan(_read_text(path))
    if scan.problems:
        raise ParametersError(*(f"{path}:{line}: {problem}" for line, problem in scan.told()))
    return yaml.safe_load(scan.text), Places(scan.lines, scan.plain)


@dataclass(frozen=True)
class Places:
    """Where each value of a YAML file stands.

    A place is a tuple of keys and indices; called with one, it gives the line of that value's key, or of the nearest
    one that exists.

    Attributes
    ----------
    lines : dict of tuple to int
    plain : dict of tuple to str
        The texts of values that stand without quotes.
    """

    lines: dict[Place, int]
    plain: dict[Place, str]

    def __contains__(self, place: Place) -> bool:
        return place in self.lines

    def __call__(self, place: Place) -> int:
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]

    def written(self, place: Place) -> str | None:
        """A value as it stands in the file; None in quotes, of a list or a mapping, and where there is none."""
        return self.plain.get(place)


def _read_text(path: Path) -> str:
    if not is_utf8(path):
        raise ParametersError(f"{path}: {NOT_UTF8}")
    try:
        with open_regular(path) as stream:
            data = stream.read(LARGEST + 1)
    except UnusableFileError as error:
        what = "there is no such parameters file" if error.is_absent else error
        raise ParametersError(f"{path}: {what}.") from None
    except OSError as error:
        raise ParametersError(f"{path}: cannot be read: {error.strerror}.") from None
    if len(data) > LARGEST:
        raise ParametersError(f"{path}: is larger than 1 MB: that is not a parameters file.")
    return _decoded(path, data)


def _decoded(file: Path, data: bytes) -> str:
    if UTF_16_OR_32.match(data):
        raise ParametersError(f"{file}: cannot be read: it is in UTF-16 or UTF-32, save it in UTF-8.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        wrong = f"0x{data[error.start]:02x}"
        raise ParametersError(f"{file}:{line}: cannot be read: byte {wrong} is not UTF-8, save it in UTF-8.") from None


@dataclass
class _Collection:
    """A list or mapping of which the end has not been seen."""

    place: Place
    is_mapping: bool
    seen: int = 0
    key: str | None = None
    line_of_key: dict[str, int] = field(default_factory=dict)


class _Scan:
    """One pass over the events of a text: its problems, as (line, problem), and the line of each place.

    Events come as the text is read: nothing is built, an alias is not followed, and no depth is descended into.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[tuple[int, str]] = []
        self.lines: dict[Place, int] = {}
        self.plain: dict[Place, str] = {}
        self._open: list[_Collection] = []
        self._documents, self._nodes_at_top = 0, 0
        self._tell_control_characters()
        self._loader = yaml.SafeLoader(ACTING.sub("\ufffd", text))
        self._see_all()
        if not (self._nodes_at_top or self.problems):
            self._tell_top(1, "the file is empty")

    def told(self) -> list[tuple[int, str]]:
        """The problems in the order of their lines, and a last word if the scan was broken off for their number."""
        problems = sorted(self.problems, key=lambda problem: problem[0])
        if len(problems) < MOST_PROBLEMS:
            return problems
        last, _ = problems[MOST_PROBLEMS - 1]
        return [*problems[:MOST_PROBLEMS], (last, f"{MOST_PROBLEMS} problems are told; there may be more.")]

    def _tell(self, line: int, problem: str) -> None:
        self.problems.append((line, problem))

    def _tell_top(self, line: int, what: str) -> None:
        self._tell(line, f"a parameters file is a mapping of keys to values: {what}.")

    def _tell_control_characters(self) -> None:
        for line, text in enumerate(LINE_BREAK.split(self.text), start=1):
            if len(self.problems) == MOST_PROBLEMS:
                break
            if found := ACTING.search(text):
                self._tell(line, f"a control character, U+{ord(found[0]):04X}: take it out.")

    def _see_all(self) -> None:
        try:
            while len(self.problems) < MOST_PROBLEMS and len(self._open) <= DEEPEST and self._loader.check_event():
                self._see(self._loader.get_event())
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._tell(line, f"not valid YAML: {error.problem}.")
        except (ValueError, OverflowError):  # what PyYAML makes of "\UFFFFFFFF"
            self._tell(self._loader.line + 1, "not valid YAML: there is no such character.")

    def _see(self, event: yaml.Event) -> None:
        mark: Any = event.start_mark  # which an event that is read always has
        line = mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._tell(line, "a second document begins: a parameters file holds one.")
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._see_node(event, line)

    def _see_node(self, event: yaml.NodeEvent, line: int) -> None:
        self._see_decoration(event, line)
        within = self._open[-1] if self._open else None
        if within is None:
            place = self._see_top(event, line)
        elif within.is_mapping:
            place = self._see_in_mapping(within, event, line)
        else:
            place = (*within.place, within.seen)
            self.lines[place] = line
            self._see_value(event, line, place)
        if within is not None:
            within.seen += 1
        if isinstance(event, yaml.CollectionStartEvent):
            self._see_opening(_Collection(place, isinstance(event, yaml.MappingStartEvent)), line)

    def _see_opening(self, collection: _Collection, line: int) -> None:
        self._open.append(collection)
        if len(self._open) > DEEPEST:
            self._tell(line, f"nested deeper than {DEEPEST} levels: nothing was read from here on.")

    def _see_decoration(self, event: yaml.NodeEvent, line: int) -> None:
        """What stands before a value and is no value: anchor, alias, tag."""
        if isinstance(event, yaml.AliasEvent):
            self._tell(line, f"the alias *{_shortened(present(event.anchor))} is not read: write the value out.")
        elif event.anchor is not None:
            self._tell(
                line, f"the anchor &{_shortened(event.anchor)} is not read: write the value out where it is needed."
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            short = f"!!{tag.removeprefix(CORE_TAG)}" if tag.startswith(CORE_TAG) else tag
            self._tell(line, f"the tag {_shortened(short)} is not read: leave it out.")

    def _see_top(self, event: yaml.NodeEvent, line: int) -> Place:
        self.lines[()] = line
        self._nodes_at_top += 1
        if self._documents == 1 and not isinstance(event, yaml.MappingStartEvent):
            if self._kind(event) == "null":
                self._tell_top(1, "the file is empty")
            else:
                is_list = isinstance(event, yaml.SequenceStartEvent)
                self._tell_top(line, "this is a list" if is_list else "this is one value")
        return ()

    def _see_in_mapping(self, within: _Collection, event: yaml.NodeEvent, line: int) -> Place:
        """A key, or the value of the key before it, whose line is that of its key."""
        if within.seen % 2 == 0:
            within.key = self._see_key(within, event, line)
        else:
            self._see_value(event, line, (*within.place, within.key))
        return (*within.place, within.key)

    def _see_key(self, within: _Collection, event: yaml.NodeEvent, line: int) -> str | None:
        if not isinstance(event, yaml.ScalarEvent):
            if not isinstance(event, yaml.AliasEvent):
                self._tell(line, "a list or mapping stands as a key: a key is text.")
            return None
        kind = self._kind(event)
        if kind == "merge":
            self._tell(line, "the merge key << is not read: write the keys out.")
        elif kind in WHAT_A_KEY_IS_READ_AS:
            read_as = WHAT_A_KEY_IS_READ_AS[kind]
            self._tell(
                line, f"the key {_shortened(event.value) or '(empty)'} is read as {read_as}, not as text: quote it."
            )
        self._see_escapes(event, line)
        if event.value in within.line_of_key:
            self._tell(
                line, f"{_shortened(event.value)} is given twice, first on line {within.line_of_key[event.value]}."
            )
        within.line_of_key.setdefault(event.value, line)
        self.lines[(*within.place, event.value)] = line
        return event.value

    def _see_value(self, event: yaml.NodeEvent, line: int, place: Place) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._see_escapes(event, line)
            if event.style is None:
                self.plain[place] = event.value
            if problem := self._problem_of_value(event):
                self._tell(line, f"{_shortened(event.value)} {problem}")

    def _problem_of_value(self, event: yaml.ScalarEvent) -> str:
        """What is wrong with a scalar: 2012-02-30 has the form of a date, and 012 is 10 to PyYAML and 12 to others."""
        kind, written = self._kind(event), event.value
        if kind in ("int", "float", "timestamp") and len(written) > LONGEST_NUMBER:
            return NO_VALUE
        try:
            value = self._loader.construct_object(yaml.ScalarNode(f"{CORE_TAG}{kind}", written))
        except (ValueError, OverflowError, yaml.YAMLError):
            return NO_VALUE
        if kind == "bool" and written.lower() not in TRUE_OR_FALSE:
            meant = TRUE_OR_FALSE[not value]
            return f"is read as {meant}, not as text: quote it, or write {meant} if that is meant."
        if kind in ("int", "float") and not isfinite(value):
            return "is no finite number: write one, or quote it if it is text."
        if kind in ("int", "float") and not DECIMAL.fullmatch(written):
            return f"is read as the number {value}: write {value}, or '{written}' if it is text."
        return ""

    def _see_escapes(self, event: yaml.ScalarEvent, line: int) -> None:
        """A control character that is not in the text, but written as an escape."""
        found = ACTING.search(event.value)
        if found and event.style == '"':
            self._tell(line, f"a control character, U+{ord(found[0]):04X}, written as an escape: take it out.")

    def _kind(self, event: yaml.NodeEvent) -> str:
        """What a scalar is read as: str, int, bool, null, ... ; a tag, which is told by itself, does not count."""
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
            return "str"
        tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        return tag.removeprefix(CORE_TAG)


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}..."
