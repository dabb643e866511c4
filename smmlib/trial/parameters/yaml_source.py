"""YAML with a memory of its lines, so that a message can name the line of a wrong value."""

import yaml


class ParametersError(ValueError):
    """A parameters file that cannot be used, with each problem on a line of its own."""


def read_yaml(path):
    """Content of a YAML file, and a function from the place of a value to its line.

    Parameters
    ----------
    path : Path

    Returns
    -------
    content : dict
    line_of : callable
        Takes a tuple of keys and indices; gives the line of that value's key, or of the nearest one that exists.

    Raises
    ------
    ParametersError
        If the file is missing, is not YAML, holds a key twice, or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except FileNotFoundError:
        raise ParametersError(f"{path}: there is no such parameters file.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ParametersError(f"{path}:{line}: not valid YAML: {error.problem}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ParametersError(f"{path}: cannot be read as YAML in UTF-8: {error}.") from None
    if not isinstance(content, dict):
        raise ParametersError(f"{path}:1: a parameters file is a mapping of keys to values.")
    lines = {}
    _collect_lines(node, (), node.start_mark.line + 1, lines, path)

    def line_of(place):
        while place not in lines:
            place = place[:-1]
        return lines[place]

    return content, line_of


def _collect_lines(node, place, line, lines, path):
    lines[place] = line
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _collect_lines(item, (*place, index), item.start_mark.line + 1, lines, path)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if (*place, key.value) in lines:
                first = lines[(*place, key.value)]
                raise ParametersError(f"{path}:{line}: {key.value} is given twice, first on line {first}.")
            _collect_lines(value, (*place, key.value), line, lines, path)
