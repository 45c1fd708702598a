"""What is wrong with the sections that an author has written, told before a run and not after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sendneeds.foundation.errors import Fault, nearest

if TYPE_CHECKING:
    from jinja2 import Environment, nodes


def template_faults(
    path: Path, environment: Environment, names: Collection[str], fields: Mapping[str, Collection[str]]
) -> list[Fault]:
    r"""Return the faults of one template, in the order of its lines, without rendering it.

    Parameters
    ----------
    path : Path
    environment : jinja2.Environment
        Which finds the templates that it includes.
    names : collection of str
        What a template may cite.
    fields : mapping of str to collection of str
        Of some of those names, what each has.

    Examples
    --------
    >>> import tempfile
    >>> from jinja2 import DictLoader, Environment
    >>> path = Path(tempfile.mkdtemp()) / "voice.md"
    >>> _ = path.write_text("Good.\n{{ m(2) }}", encoding="utf-8")
    >>> [(f.file, f.row, f.found) for f in template_faults(path, Environment(loader=DictLoader({})), ["n"], {})]
    [('voice.md', 2, 'm')]
    """
    from jinja2 import TemplateSyntaxError, meta, nodes

    try:
        tree = environment.parse(path.read_text(encoding="utf-8-sig"))
        own = {
            node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"
        }  # set or looped over here
        unknown = meta.find_undeclared_variables(tree) - set(names) - own
    except UnicodeDecodeError as error:
        row = path.read_bytes()[: error.start].count(b"\n") + 1
        return [Fault(path.name, row, "", "bytes that are not UTF-8", "text in UTF-8", "Save it as UTF-8.")]
    except TemplateSyntaxError as error:
        cure = "Mend the tag: {{ }} prints, {% %} asks or repeats, and every {% if %} has an {% endif %}."
        return [Fault(path.name, error.lineno, "", str(error.message), "a template of Jinja", cure)]
    faults = [
        *_unknown_names(path.name, tree, unknown, names),
        *_hidden(path.name, tree),
        *_unknown_fields(path.name, tree, {name: has for name, has in fields.items() if name not in own}),
        *_not_there(path.name, tree, environment),
    ]
    return sorted(faults, key=lambda fault: fault.row)


def _unknown_names(
    file: str, tree: nodes.Template, unknown: set[str], names: Collection[str]
) -> Iterator[Fault]:
    from jinja2 import nodes

    told = set()
    for node in tree.find_all(nodes.Name):
        if node.name in unknown and node.name not in told:
            told.add(node.name)
            yield Fault(file, node.lineno, "", node.name, "a name of the chapter", _cure(node.name, names))


def _hidden(file: str, tree: nodes.Template) -> Iterator[Fault]:
    """Yield what reaches out of the sandbox: an attribute or a key that begins with an underscore."""
    from jinja2 import nodes

    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        key = getattr(node, "attr", None) or getattr(getattr(node, "arg", None), "value", "")
        if isinstance(key, str) and key.startswith("_"):
            cure = "Take it out: a template has no way into the program."
            yield Fault(file, node.lineno, "", key, "an attribute without an underscore in front", cure)


def _unknown_fields(
    file: str, tree: nodes.Template, fields: Mapping[str, Collection[str]]
) -> Iterator[Fault]:
    from jinja2 import nodes

    for node in tree.find_all(nodes.Getattr):
        of = node.node
        if not isinstance(of, nodes.Name) or node.attr.startswith("_"):
            continue
        known = fields.get(of.name)
        if known and node.attr not in known:
            yield Fault(file, node.lineno, "", f"{of.name}.{node.attr}", f"what {of.name} has",
                        _cure(node.attr, known))  # fmt: skip


def _not_there(file: str, tree: nodes.Template, environment: Environment) -> Iterator[Fault]:
    """Yield templates that are included or imported and are in neither folder."""
    from jinja2 import TemplateNotFound, nodes

    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        name = getattr(getattr(node, "template", None), "value", None)
        try:
            assert environment.loader is not None
            environment.loader.get_source(environment, str(name))
        except TemplateNotFound:
            cure = "Name a file of the folder, or one that ships, such as family.md."
            yield Fault(file, node.lineno, "", str(name), "a template of the folder", cure)


def _cure(name: str, known: Collection[str]) -> str:
    close = nearest(name, known)
    hint = f"Did you mean {' or '.join(close)}? " if close else ""
    return f"{hint}The shipped templates show what may be cited."
